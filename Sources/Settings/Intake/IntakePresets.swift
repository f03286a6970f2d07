/// The mappings that are shipped, as config/intake has them; `IntakePresetTests` compares the two.
enum IntakePresets {
    /// TOML by the name of the preset.
    static let all: [String: String] = [
        "3cx": threeCX,
        "amazon_connect": amazonConnect,
        "didww": didww,
        "line": line,
        "sipgate": sipgate,
        "twilio": twilio,
        "yeastar": yeastar,
        "zammad": zammad,
    ]

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

    private static let didww = #"""
        # DIDWW's call events, from DIDWW's public documents: JSON, one event a request, of the services Voice IN and
        # Voice OUT. In the configuration: [intake.NAME] with preset = "didww" and token_file; at DIDWW the address
        # of this intake, the header Authorization with "Bearer " and the token, and no compression. DIDWW knows
        # numbers and no operators: a call rings at the number that was called, which stands for whoever answers
        # there, and whoever calls out is named by the number of the PBX (original_src_number).
        [intake.didww]

        [[intake.didww.rule]]
        when = { type = "incoming-call-start-event" }
        [intake.didww.rule.event]
        type = "call.offered"
        call = "{id}"
        id = "{id} offered"
        time = "{attributes.time_start}"
        from = "{attributes.src_number | plus}"
        to = "{attributes.did_number | plus}"

        [[intake.didww.rule]]
        when = { type = "incoming-call-start-event" }
        [intake.didww.rule.event]
        type = "call.ringing"
        call = "{id}"
        id = "{id} ringing"
        time = "{attributes.time_start}"
        operator = "{attributes.did_number}"

        [[intake.didww.rule]]
        when = { type = "incoming-call-connect-event" }
        [intake.didww.rule.event]
        type = "call.answered"
        call = "{id}"
        id = "{id} answered"
        time = "{attributes.time_connect}"
        operator = "{attributes.did_number}"

        [[intake.didww.rule]]
        when = { type = "outbound-call-start-event" }
        [intake.didww.rule.event]
        type = "call.dialed"
        call = "{id}"
        id = "{id} dialed"
        time = "{attributes.time_start}"
        operator = "{attributes.original_src_number ?? attributes.src_number}"
        from = "{attributes.src_number | plus}"
        to = "{attributes.dst_number | plus}"

        # The far end answers.
        [[intake.didww.rule]]
        when = { type = "outbound-call-connect-event" }
        [intake.didww.rule.event]
        type = "call.answered"
        call = "{id}"
        id = "{id} answered"
        time = "{attributes.time_connect}"

        [[intake.didww.rule]]
        when = { type = ["incoming-call-end-event", "outbound-call-end-event"] }
        [intake.didww.rule.event]
        type = "call.ended"
        call = "{id}"
        id = "{id} ended"
        time = "{attributes.time_end}"
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
