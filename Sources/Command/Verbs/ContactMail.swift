import ArgumentParser
import Foundation
import Mail

/// `screenpop contact`: contacts that come from elsewhere.
struct ContactVerbs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contact", abstract: "Record contacts that come from elsewhere: mails.",
        discussion: "  screenpop contact mail < message.eml", subcommands: [ContactMail.self])
}

/// `screenpop contact mail`: one mail on standard input, as Postfix, fetchmail and getmail hand it on.
struct ContactMail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail", abstract: "Record a mail, read from standard input, on the record of whom it is from.",
        discussion: """
            A mail of a known address is on that customer's record, and opens or joins the case of its subject. Others
            are in the inbox (screenpop inbox). A mail that comes twice is recorded once. What is behind the first 25 MB
            is not read.

            EXIT STATUS, as mail servers read it (sysexits.h)
              0   recorded, in the inbox, or there already
              65  this is no mail
              75  not now; the mail server tries again: the daemon is away, or the token is not the right one

              screenpop contact mail < message.eml
              screenpop contact mail --show < message.eml
              screenpop contact mail --url http://127.0.0.1:8790 --token-file /etc/screenpop/mail-token < message.eml
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: ArgumentHelp("The file with the token for --url, of the role ingest.", valueName: "path"))
    var tokenFile: String?
    @Flag(help: "Show what was read of the mail, as JSON, and send nothing.")
    var show = false

    private struct Answer: Decodable {
        struct Place: Decodable {
            var customer, contact: Int
            var `case`: Int?
        }
        var outcome: String
        var inbox: Int?
        var contacts: [Place]
    }

    func run() async throws {
        do {
            let bytes = try Self.standardInput()
            guard let mail = await Self.onDeepStack({ MailReader.read(bytes) }) else {
                throw ClientError.local("standard input has no mail: there is no header in it.")
            }
            let body = MailJSON(mail)
            if show {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                return say(String(decoding: try encoder.encode(body), as: UTF8.self))
            }
            let data = try await client().ask(.init(method: .POST, path: "/v1/contacts/mail", body: try .json(body)))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            say(text(of: try APIClient.decode(data)))
        } catch let error as ClientError {
            complain("screenpop: \(error)")
            throw ExitCode(Self.exitStatus(of: error))
        }
    }

    /// What a mail server does: 75 sends the mail again later, and everything else returns it to its sender. So a mail
    /// is returned only where it will never be right; a wrong token is the centre's to mend.
    static func exitStatus(of error: ClientError) -> Int32 {
        switch error {
        case .local, .refused(400, _), .refused(413, _): 65
        case .unreachable, .untrusted, .cutOff, .strange, .refused: 75
        }
    }

    private func text(of answer: Answer) -> String {
        let l = global.speech
        switch answer.outcome {
        case "recorded":
            let ids = answer.contacts.map { one in
                one.case.map { l.say("顧客\(one.customer)（案件\($0)）", "customer \(one.customer), case \($0)") }
                    ?? l.say("顧客\(one.customer)", "customer \(one.customer)")
            }
            return l.say("記録しました: ", "recorded: ") + ids.joined(separator: "; ")
        case "inbox": return l.say("受信箱に入れました: ", "in the inbox: ") + String(answer.inbox ?? 0)
        case "known": return l.say("記録済みです。", "It was recorded before.")
        default: return l.say("顧客宛てではありません。", "It is to nobody who is a customer.")
        }
    }

    private func client() throws -> APIClient {
        guard let tokenFile else { return global.client }
        let known = global.client
        guard let text = try? String(contentsOfFile: tokenFile, encoding: .utf8) else {
            // The mail waits until somebody has mended it.
            throw ClientError.unreachable(address: tokenFile, reason: "the token cannot be read")
        }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return APIClient(
            address: known.address, token: token, language: known.language, authorities: known.authorities)
    }

    /// The first bytes of standard input; what is behind them is read, as the mail server waits until it is, and left.
    static func standardInput() throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try FileHandle.standardInput.read(upToCount: 1 << 20), !piece.isEmpty {
            if bytes.count <= MailLimits.bytesMax { bytes += piece }
        }
        return bytes
    }

    /// Nested parts are read by going down on the stack, and a thread of a pool has little of it.
    static func onDeepStack<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { waiting in
            let thread = Thread { waiting.resume(returning: work()) }
            thread.stackSize = 64 << 20
            thread.start()
        }
    }
}

/// A mail as the daemon reads it.
struct MailJSON: Encodable, Equatable {
    struct Address: Encodable, Equatable {
        var address: String
        var name: String?

        init(_ one: MailMessage.Address) {
            address = one.address
            name = one.name
        }
    }

    struct Attachment: Encodable, Equatable {
        var name: String?
        var type: String
        var size: Int64
    }

    var from: Address?
    var replyTo, to, cc: [Address]
    var date, messageID, inReplyTo: String?
    var subject, text, kind: String
    var references, failed: [String]
    var attachments: [Attachment]

    private enum CodingKeys: String, CodingKey {
        case from, to, cc, date, subject, text, kind, references, failed, attachments
        case replyTo = "reply_to"
        case messageID = "message_id"
        case inReplyTo = "in_reply_to"
    }

    init(_ mail: MailMessage) {
        from = mail.from.map(Address.init)
        replyTo = mail.replyTo.map(Address.init)
        to = mail.to.map(Address.init)
        cc = mail.cc.map(Address.init)
        date = mail.date.map { Date(timeIntervalSince1970: TimeInterval($0)).formatted(.iso8601) }
        messageID = mail.messageID
        inReplyTo = mail.inReplyTo
        subject = mail.subject
        text = mail.text
        kind = mail.kind.rawValue
        references = mail.references
        failed = mail.failed
        attachments = mail.attachments.map { Attachment(name: $0.name, type: $0.type, size: $0.size) }
    }
}
