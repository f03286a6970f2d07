import CProgram
import Foundation
import Glibc

/// The mail program of this machine: gets a mail on its standard input, and says by its exit status what became of it.
struct MailProgram: Sendable {
    /// What became of a mail.
    enum Outcome: Equatable, Sendable {
        /// The program has it: it is in its queue, or delivered.
        case accepted
        /// It may take it later.
        case later(String)
        /// It will not take it.
        case refused(String)
        /// It was stopped while it had the mail: nobody knows whether it was sent.
        case unknown(String)
    }

    /// The path and its arguments.
    let arguments: [String]
    /// How long it may work on one mail. Milliseconds.
    let timeout: Int64

    /// - Parameter from: stands in the place of `{from}`.
    init(_ program: [String], from: String, timeout: Int64) {
        arguments = program.map { $0.replacing("{from}", with: from) }
        self.timeout = timeout
    }

    /// Bytes that are read of what it says.
    private static let saidMax = 1_000
    private static let environment = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"]

    /// Runs it with a mail, on the calling thread, which is blocked meanwhile.
    func send(_ mail: [UInt8]) -> Outcome {
        guard let input = MailProgram.file(mail), let errors = MailProgram.file([]) else {
            return .later("no temporary file can be written (error \(errno))")
        }
        defer {
            close(input)
            close(errors)
        }
        var process: pid_t = 0
        let words = MailProgram.copies(arguments), environment = MailProgram.copies(MailProgram.environment)
        defer { for copy in words + environment { free(copy) } }
        let code = cprogram_start(words, environment, input, errors, &process)
        let path = arguments.first ?? ""
        guard code == 0 else {
            // What is missing or may not be started may be there in a minute: the mail waits for it.
            return .later("\(path) cannot be started: \(String(cString: strerror(code)))")
        }
        guard let status = wait(for: process) else {
            return .unknown("\(path) did not end within \(timeout / 1_000) s and was stopped")
        }
        let said = MailProgram.said(errors)
        return MailProgram.outcome(status, said: said.isEmpty ? nil : said, path)
    }

    /// The statuses of sysexits.h: what is wrong with the mail does not get better, everything else may.
    static func outcome(_ status: ExitStatus, said: String?, _ path: String) -> Outcome {
        let more = said.map { ": \($0)" } ?? ""
        switch status {
        case .code(0): return .accepted
        case .code(let code):
            let text = "\(path) ended with status \(code)\(words[code].map { " (\($0))" } ?? "")\(more)"
            return permanent.contains(code) ? .refused(text) : .later(text)
        case .signal(let signal): return .unknown("\(path) was ended by signal \(signal)\(more)")
        }
    }

    /// How a program ended.
    enum ExitStatus: Equatable, Sendable {
        case code(Int32)
        case signal(Int32)
    }

    /// EX_DATAERR, EX_NOUSER, EX_NOHOST: the mail, whom it is to. A wrong usage or configuration is mended by somebody.
    private static let permanent: Set<Int32> = [65, 67, 68]
    private static let words: [Int32: String] = [
        64: "wrong usage", 65: "wrong mail", 66: "no input", 67: "no such user", 68: "no such host",
        69: "service unavailable", 70: "internal error", 71: "system error", 72: "system file missing",
        73: "cannot create a file", 74: "input/output error", 75: "try again later", 76: "protocol error",
        77: "no permission", 78: "wrong configuration",
    ]

    // MARK: The process

    /// How it ended; nil where it had to be stopped.
    private func wait(for process: pid_t) -> ExitStatus? {
        let clock = ContinuousClock(), deadline = clock.now + .milliseconds(timeout)
        var status: Int32 = 0, pause: UInt32 = 2_000
        while true {
            let ended = waitpid(process, &status, WNOHANG)
            if ended == process { break }
            // Nobody else waits for it; an error means that it is gone, and nobody knows how.
            if ended < 0, errno != EINTR { return .signal(0) }
            guard clock.now < deadline else {
                kill(-process, SIGKILL)
                while waitpid(process, &status, 0) < 0, errno == EINTR {}
                return nil
            }
            usleep(pause)
            pause = min(pause * 2, 50_000)
        }
        let signal = status & 0x7F
        return signal == 0 ? .code((status >> 8) & 0xFF) : .signal(signal)
    }

    /// A file without a name, with these bytes and read from its beginning; nil when it cannot be made.
    private static func file(_ bytes: [UInt8]) -> Int32? {
        let descriptor = cprogram_file()
        guard descriptor >= 0 else { return nil }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                close(descriptor)
                return nil
            }
            written += count
        }
        lseek(descriptor, 0, SEEK_SET)
        return descriptor
    }

    /// The first lines of what it wrote, as one line.
    private static func said(_ descriptor: Int32) -> String {
        lseek(descriptor, 0, SEEK_SET)
        var bytes = [UInt8](repeating: 0, count: saidMax)
        let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        let plain = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) }
        return String(plain).split(separator: " ").joined(separator: " ")
    }

    /// The texts as C has them, with a NULL behind the last; whoever asks frees them.
    private static func copies(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        texts.map { strdup($0) } + [nil]
    }
}
