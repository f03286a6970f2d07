extension Settings {
    /// Mails that operators write in cases, sent by the mail program of this machine.
    public struct Mail: Equatable, Sendable {
        /// The mail program and its arguments; `{from}` is the centre's address. It gets the mail on standard input,
        /// and takes whom it is to from its headers.
        public var program = ["/usr/sbin/sendmail", "-t", "-i", "-f", "{from}"]
        /// The centre's address, in lower case; nil: no mail is written.
        public var from: String?
        /// The name beside it; empty for none.
        public var fromName = ""
        /// How long the mail program may work on one mail. Milliseconds.
        public var timeout = DurationText.minute
        /// Attempts of a mail before it is listed as failed: 1 to 100.
        public var tries = 12
        /// Everybody's mails wait for a supervisor.
        public var isReviewed = false
        /// The mails of those who serve these queues, and mails about calls of them, wait for a supervisor.
        public var reviewedQueues: [String] = []
        /// The mails of these operators wait for a supervisor.
        public var reviewedOperators: [String] = []

        /// The defaults of the file: no mail is written.
        public init() {}

        /// What is after the @ of the centre's address.
        public var domain: String? { from?.split(separator: "@").last.map(String.init) }
    }
}
