/// The mappings that are shipped, as config/intake has them; `IntakePresetTests` compares the two.
enum IntakePresets {
    /// TOML by the name of the preset.
    static let all: [String: String] = [
        "3cx": threeCX,
        "amazon_connect": amazonConnect,
        "line": line,
        "sipgate": sipgate,
        "twilio": twilio,
        "yeastar": yeastar,
        "zammad": zammad,
    ]

    private static let threeCX = #"""
        # 3CX (v18 and later), by the CRM template that comes with this: /usr/share/doc/screenpop/3cx-crm-
        # template.xml, made from 3CX's public documents. 3CX tells its CRM of a call when it has ended, and
        # nothing before: figures, histories and what is called back are right, and no screen pops. The call's id
        # is made of what 3CX tells, as it tells none.
        [intake.3cx]

        [[intake.3cx.rule]]
        when = { call_type = ["Inbound", "Missed"] }
        [intake.3cx.rule.event]
        type = "call.offered"
        call = "{start} {number} {agent}"
        id = "{start} {number} {agent} offered"
        time = "{start}"
        from = "{number}"

        [[intake.3cx.rule]]
        when = { call_type = ["Outbound", "Notanswered"] }
        [intake.3cx.rule.event]
        type = "call.dialed"
        call = "{start} {number} {agent}"
        id = "{start} {number} {agent} dialed"
        time = "{start}"
        operator = "{agent}"
        to = "{number}"

        [[intake.3cx.rule]]
        when = { call_type = "Inbound" }
        [intake.3cx.rule.event]
        type = "call.answered"
        call = "{start} {number} {agent}"
        id = "{start} {number} {agent} answered"
        time = "{established}"
        operator = "{agent}"

        [[intake.3cx.rule]]
        when = { call_type = "Outbound" }
        [intake.3cx.rule.event]
        type = "call.answered"
        call = "{start} {number} {agent}"
        id = "{start} {number} {agent} answered"
        time = "{established}"

        [[intake.3cx.rule]]
        when = { call_type = ["Inbound", "Missed", "Outbound", "Notanswered"] }
        [intake.3cx.rule.event]
        type = "call.ended"
        call = "{start} {number} {agent}"
        id = "{start} {number} {agent} ended"
        time = "{end}"
        """#

    private static let amazonConnect = #"""
        # Amazon Connect, from Amazon's public documents: contact events of voice calls, which a rule of
        # EventBridge sends to this intake (an API destination with the token). They come in no order and have
        # their times. They do not have the caller's number: let the flow put it into a tag named caller ("Contact
        # tags" block, value: the customer's number). An operator is named by the last part of the agent's ARN, a
        # queue by that of the queue's.
        [intake.amazon_connect]

        [[intake.amazon_connect.rule]]
        [intake.amazon_connect.rule.when]
        "detail.eventType" = "INITIATED"
        "detail.channel" = ["VOICE", "Voice"]
        "detail.initiationMethod" = ["INBOUND", "TRANSFER", "QUEUE_TRANSFER", "CALLBACK"]
        [intake.amazon_connect.rule.event]
        type = "call.offered"
        call = "{detail.contactId}"
        from = "{detail.tags.caller}"
        id = "{id}"
        time = "{detail.initiationTimestamp ?? time}"

        [[intake.amazon_connect.rule]]
        [intake.amazon_connect.rule.when]
        "detail.eventType" = "INITIATED"
        "detail.channel" = ["VOICE", "Voice"]
        "detail.initiationMethod" = "OUTBOUND"
        "detail.agentInfo.agentArn" = "*"
        [intake.amazon_connect.rule.event]
        type = "call.dialed"
        call = "{detail.contactId}"
        operator = "{detail.agentInfo.agentArn | last}"
        to = "{detail.tags.caller}"
        id = "{id}"
        time = "{detail.initiationTimestamp ?? time}"

        [[intake.amazon_connect.rule]]
        [intake.amazon_connect.rule.when]
        "detail.eventType" = "CONTACT_DATA_UPDATED"
        "detail.channel" = ["VOICE", "Voice"]
        "detail.tags.caller" = "*"
        [intake.amazon_connect.rule.event]
        type = "call.identified"
        call = "{detail.contactId}"
        from = "{detail.tags.caller}"
        id = "{id}"
        time = "{time}"

        [[intake.amazon_connect.rule]]
        when = { "detail.eventType" = "QUEUED", "detail.channel" = ["VOICE", "Voice"] }
        [intake.amazon_connect.rule.event]
        type = "call.queued"
        call = "{detail.contactId}"
        queue = "{detail.queueInfo.queueArn | last}"
        id = "{id}"
        time = "{detail.queueInfo.enqueueTimestamp ?? time}"

        [[intake.amazon_connect.rule]]
        when = { "detail.eventType" = "CONNECTED_TO_AGENT", "detail.channel" = ["VOICE", "Voice"] }
        [intake.amazon_connect.rule.event]
        type = "call.answered"
        call = "{detail.contactId}"
        operator = "{detail.agentInfo.agentArn | last}"
        id = "{id}"
        time = "{detail.agentInfo.connectedToAgentTimestamp ?? time}"

        [[intake.amazon_connect.rule]]
        when = { "detail.eventType" = "DISCONNECTED", "detail.channel" = ["VOICE", "Voice"] }
        [intake.amazon_connect.rule.event]
        type = "call.ended"
        call = "{detail.contactId}"
        id = "{id}"
        time = "{detail.disconnectTimestamp ?? time}"

        # The same as the documents of some years spell it.

        [[intake.amazon_connect.rule]]
        [intake.amazon_connect.rule.when]
        "detail.EventType" = "INITIATED"
        "detail.Channel" = ["VOICE", "Voice"]
        "detail.InitiationMethod" = ["INBOUND", "TRANSFER", "QUEUE_TRANSFER", "CALLBACK"]
        [intake.amazon_connect.rule.event]
        type = "call.offered"
        call = "{detail.ContactId}"
        from = "{detail.Tags.caller}"
        id = "{id}"
        time = "{detail.InitiationTimestamp ?? time}"

        [[intake.amazon_connect.rule]]
        [intake.amazon_connect.rule.when]
        "detail.EventType" = "INITIATED"
        "detail.Channel" = ["VOICE", "Voice"]
        "detail.InitiationMethod" = "OUTBOUND"
        "detail.AgentInfo.AgentArn" = "*"
        [intake.amazon_connect.rule.event]
        type = "call.dialed"
        call = "{detail.ContactId}"
        operator = "{detail.AgentInfo.AgentArn | last}"
        to = "{detail.Tags.caller}"
        id = "{id}"
        time = "{detail.InitiationTimestamp ?? time}"

        [[intake.amazon_connect.rule]]
        [intake.amazon_connect.rule.when]
        "detail.EventType" = "CONTACT_DATA_UPDATED"
        "detail.Channel" = ["VOICE", "Voice"]
        "detail.Tags.caller" = "*"
        [intake.amazon_connect.rule.event]
        type = "call.identified"
        call = "{detail.ContactId}"
        from = "{detail.Tags.caller}"
        id = "{id}"
        time = "{time}"

        [[intake.amazon_connect.rule]]
        when = { "detail.EventType" = "QUEUED", "detail.Channel" = ["VOICE", "Voice"] }
        [intake.amazon_connect.rule.event]
        type = "call.queued"
        call = "{detail.ContactId}"
        queue = "{detail.QueueInfo.QueueArn | last}"
        id = "{id}"
        time = "{detail.QueueInfo.EnqueueTimestamp ?? time}"

        [[intake.amazon_connect.rule]]
        when = { "detail.EventType" = "CONNECTED_TO_AGENT", "detail.Channel" = ["VOICE", "Voice"] }
        [intake.amazon_connect.rule.event]
        type = "call.answered"
        call = "{detail.ContactId}"
        operator = "{detail.AgentInfo.AgentArn | last}"
        id = "{id}"
        time = "{detail.AgentInfo.ConnectedToAgentTimestamp ?? time}"

        [[intake.amazon_connect.rule]]
        when = { "detail.EventType" = "DISCONNECTED", "detail.Channel" = ["VOICE", "Voice"] }
        [intake.amazon_connect.rule.event]
        type = "call.ended"
        call = "{detail.ContactId}"
        id = "{id}"
        time = "{detail.DisconnectTimestamp ?? time}"
        """#

    private static let line = #"""
        # LINE's Messaging API, from LINE's public documents: JSON with a list of events, signed with the channel
        # secret, which goes into signature_file. A message of a user is a contact of the account that the user has
        # with the centre.
        [intake.line]
        signature_header = "X-Line-Signature"
        signature_encoding = "base64"
        each = "events"

        [[intake.line.rule]]
        when = { type = "message", "source.userId" = "*", "message.type" = "text" }
        [intake.line.rule.contact]
        id = "{message.id}"
        channel = "line"
        service = "line"
        account = "{source.userId}"
        text = "{message.text}"
        at = "{timestamp | unix_ms}"

        # A picture, a sticker: that there was one.
        [[intake.line.rule]]
        when = { type = "message", "source.userId" = "*", "message.type" = ["image", "video", "audio", "sticker"] }
        [intake.line.rule.contact]
        id = "{message.id}"
        channel = "line"
        service = "line"
        account = "{source.userId}"
        text = "[{message.type}]"
        at = "{timestamp | unix_ms}"
        """#

    private static let sipgate = #"""
        # sipgate.io's push API, from sipgate's public documents: form posts with event newCall, answer and hangup.
        # In the configuration: [intake.NAME] with preset = "sipgate", and url = the address of this intake as
        # sipgate reaches it, with its token. sipgate sends answer and hangup only when the answer to newCall names
        # where to.
        [intake.sipgate]
        reply = '<?xml version="1.0" encoding="UTF-8"?><Response onAnswer="{url}" onHangup="{url}"/>'
        reply_type = "application/xml"

        [[intake.sipgate.rule]]
        when = { event = "newCall", direction = "in" }
        [intake.sipgate.rule.event]
        type = "call.offered"
        call = "{callId}"
        from = "{from | plus}"
        to = "{to | plus}"

        [[intake.sipgate.rule]]
        when = { event = "newCall", direction = "out" }
        [intake.sipgate.rule.event]
        type = "call.dialed"
        call = "{callId}"
        operator = "{userId[] ?? userId ?? user[]}"
        to = "{to | plus}"

        [[intake.sipgate.rule]]
        when = { event = "answer", direction = "in" }
        [intake.sipgate.rule.event]
        type = "call.answered"
        call = "{callId}"
        operator = "{userId ?? user}"

        # The far end answers what an operator dialed.
        [[intake.sipgate.rule]]
        when = { event = "answer", direction = "out" }
        [intake.sipgate.rule.event]
        type = "call.answered"
        call = "{callId}"

        [[intake.sipgate.rule]]
        when = { event = "hangup" }
        [intake.sipgate.rule.event]
        type = "call.ended"
        call = "{callId}"
        cause = "{cause}"
        """#

    private static let twilio = #"""
        # Twilio, from its public documents: forms. Use token_file, and the token in the address that Twilio is
        # given. TaskRouter's event callbacks become events of calls: a task is a call, with the caller's number in
        # its attribute "from". Incoming messages (SMS) become contacts.
        [intake.twilio]

        [[intake.twilio.rule]]
        when = { EventType = "task.created" }
        [intake.twilio.rule.event]
        type = "call.offered"
        call = "{TaskSid}"
        from = "{TaskAttributes.from ?? TaskAttributes.caller}"
        to = "{TaskAttributes.to ?? TaskAttributes.called}"
        id = "{Sid}"
        time = "{Timestamp | unix}"

        [[intake.twilio.rule]]
        when = { EventType = "task-queue.entered" }
        [intake.twilio.rule.event]
        type = "call.queued"
        call = "{TaskSid}"
        queue = "{TaskQueueName}"
        id = "{Sid}"
        time = "{Timestamp | unix}"

        [[intake.twilio.rule]]
        when = { EventType = "reservation.created" }
        [intake.twilio.rule.event]
        type = "call.ringing"
        call = "{TaskSid}"
        operator = "{WorkerName}"
        id = "{Sid}"
        time = "{Timestamp | unix}"

        [[intake.twilio.rule]]
        when = { EventType = "reservation.accepted" }
        [intake.twilio.rule.event]
        type = "call.answered"
        call = "{TaskSid}"
        operator = "{WorkerName}"
        id = "{Sid}"
        time = "{Timestamp | unix}"

        [[intake.twilio.rule]]
        when = { EventType = ["reservation.timeout", "reservation.rejected"] }
        [intake.twilio.rule.event]
        type = "call.unanswered"
        call = "{TaskSid}"
        operator = "{WorkerName}"
        reason = "{EventType | words reservation.timeout=timeout, reservation.rejected=rejected}"
        id = "{Sid}"
        time = "{Timestamp | unix}"

        # A colleague has it, or nobody any more.
        [[intake.twilio.rule]]
        when = { EventType = ["reservation.canceled", "reservation.rescinded"] }
        [intake.twilio.rule.event]
        type = "call.unanswered"
        call = "{TaskSid}"
        operator = "{WorkerName}"
        reason = "elsewhere"
        id = "{Sid}"
        time = "{Timestamp | unix}"

        [[intake.twilio.rule]]
        when = { EventType = ["task.completed", "task.canceled", "task.deleted"] }
        [intake.twilio.rule.event]
        type = "call.ended"
        call = "{TaskSid}"
        cause = "{TaskCompletedReason ?? TaskCanceledReason}"
        id = "{Sid}"
        time = "{Timestamp | unix}"

        [[intake.twilio.rule]]
        when = { MessageSid = "*", Body = "*" }
        [intake.twilio.rule.contact]
        id = "{MessageSid}"
        channel = "sms"
        phone = "{From}"
        text = "{Body}"
        """#

    private static let yeastar = #"""
        # Yeastar's P-Series, event 30011 "Call Status Changed" by webhook, from Yeastar's public documents: JSON with
        # the members of a call, each with its state now. Turn on the call status monitor of extensions and trunks.
        [intake.yeastar]
        each = "msg.members"

        [[intake.yeastar.rule]]
        when = { type = "30011", "inbound.member_status" = "ALERT" }
        [intake.yeastar.rule.event]
        type = "call.offered"
        call = "{msg.call_id}"
        from = "{inbound.from}"
        to = "{inbound.to}"

        [[intake.yeastar.rule]]
        when = { type = "30011", "inbound.member_status" = "BYE" }
        [intake.yeastar.rule.event]
        type = "call.ended"
        call = "{msg.call_id}"

        # A colleague who calls a colleague is no customer's call: only with a member outside.
        [[intake.yeastar.rule]]
        when = { type = "30011", "extension.member_status" = "RING", "msg.members.inbound.from" = "*" }
        [intake.yeastar.rule.event]
        type = "call.ringing"
        call = "{msg.call_id}"
        operator = "{extension.number}"

        [[intake.yeastar.rule]]
        when = { type = "30011", "extension.member_status" = "ANSWER", "msg.members.inbound.from" = "*" }
        [intake.yeastar.rule.event]
        type = "call.answered"
        call = "{msg.call_id}"
        operator = "{extension.number}"

        [[intake.yeastar.rule]]
        when = { type = "30011", "extension.member_status" = "HOLD" }
        [intake.yeastar.rule.event]
        type = "call.held"
        call = "{msg.call_id}"

        [[intake.yeastar.rule]]
        when = { type = "30011", "extension.member_status" = "ALERT", "msg.members.outbound.to" = "*" }
        [intake.yeastar.rule.event]
        type = "call.dialed"
        call = "{msg.call_id}"
        operator = "{extension.number}"
        to = "{msg.members.outbound.to}"

        [[intake.yeastar.rule]]
        when = { type = "30011", "outbound.member_status" = "ANSWER" }
        [intake.yeastar.rule.event]
        type = "call.answered"
        call = "{msg.call_id}"

        [[intake.yeastar.rule]]
        when = { type = "30011", "outbound.member_status" = "BYE" }
        [intake.yeastar.rule.event]
        type = "call.ended"
        call = "{msg.call_id}"
        """#

    private static let zammad = #"""
        # Zammad's generic CTI, as PBXs that can call Zammad send it; from Zammad's public documents: forms or JSON
        # with event newCall, answer and hangup. The answer is an empty object: the call goes on as it would.
        [intake.zammad]
        reply = "{{}}"
        reply_type = "application/json"

        [[intake.zammad.rule]]
        when = { event = "newCall", direction = "in" }
        [intake.zammad.rule.event]
        type = "call.offered"
        call = "{callId ?? call_id}"
        from = "{from | plus}"
        to = "{to | plus}"
        queue = "{queue}"

        [[intake.zammad.rule]]
        when = { event = "newCall", direction = "out" }
        [intake.zammad.rule.event]
        type = "call.dialed"
        call = "{callId ?? call_id}"
        operator = "{user[] ?? user ?? from}"
        to = "{to | plus}"

        [[intake.zammad.rule]]
        when = { event = "answer", direction = "in" }
        [intake.zammad.rule.event]
        type = "call.answered"
        call = "{callId ?? call_id}"
        operator = "{answeringNumber ?? user[] ?? user}"

        # The far end answers what an operator dialed.
        [[intake.zammad.rule]]
        when = { event = "answer", direction = "out" }
        [intake.zammad.rule.event]
        type = "call.answered"
        call = "{callId ?? call_id}"

        [[intake.zammad.rule]]
        when = { event = "hangup" }
        [intake.zammad.rule.event]
        type = "call.ended"
        call = "{callId ?? call_id}"
        cause = "{cause}"
        """#
}
