/// Call centres whose PBX is elsewhere, and tells of calls with their times.
extension IntakePresets {
    static let threeCX = #"""
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

    static let amazonConnect = #"""
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
}
