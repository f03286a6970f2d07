import ArgumentParser
import Foundation

/// `screenpop customers files`: pictures and documents of a customer.
struct FileVerbs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: FileVerb.path, abstract: FileVerb.abstract, discussion: FileVerb.examples,
        subcommands: [
            ListItems<FileVerb>.self, AttachFiles.self, FetchFile.self, ChangeItem<FileVerb>.self,
            DeleteItem<FileVerb>.self, ItemVersions<FileVerb>.self, RestoreItem<FileVerb>.self,
        ], defaultSubcommand: ListItems<FileVerb>.self)
}

enum FileVerb: ItemKind {
    static let path = "files"
    static let abstract = "Pictures and documents of a customer."
    static let examples = """
          screenpop customers files 17
          screenpop customers files add 17 photo.jpg contract.pdf
          screenpop customers files get 17 5
          screenpop customers files change 17 5 name="Front door.jpg"
        """
    static let fields = ["name"]

    static func columns(_ l: Language) -> [String] {
        [l.say("名前", "name"), l.say("種類", "type"), l.say("バイト数", "bytes"), l.say("添付", "attached")]
    }

    static func cells(_ item: Item, _ l: Language, _ clock: CivilClock) -> [String] {
        [item.name ?? "", item.type ?? "", item.bytes.map(String.init) ?? "", clock.shown(item.createdAt)]
    }
}

/// `add`.
struct AttachFiles: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Attach files, of at most 20 MB each.", discussion: FileVerb.examples)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Argument(help: "The customer's number, as `find` lists it.") var customer: Int
    @Argument(help: "The files.", completion: .file()) var files: [String]

    func run() async throws {
        try await global.run {
            let l = global.speech
            for file in files {
                guard let size = try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int else {
                    throw ClientError.local(
                        l.say("\(file) を読めません。名前は正しいですか。", "\(file) cannot be read: is the name right?"))
                }
                let name = URL(fileURLWithPath: file).lastPathComponent, bar = ProgressBar(total: size, language: l)
                let data = try await global.client.ask(
                    .init(
                        method: .POST, path: path(["v1", "customers", String(customer), "files"], [("name", name)]),
                        body: .file(file, type: "application/octet-stream") { bar.uploaded($0) }))
                if output.json {
                    say(String(decoding: data, as: UTF8.self), end: "")
                    continue
                }
                let made: Item = try APIClient.decode(data)
                say(
                    l.say(
                        "\(safe(name)) を \(made.id) として添付しました（\(safe(made.type ?? ""))）。",
                        "\(safe(name)) is attached as \(made.id) (\(safe(made.type ?? "")))."))
            }
        }
    }
}

/// `get`.
struct FetchFile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Write a file's content to the disk, or to standard output.",
        discussion: """
              screenpop customers files get 17 5
              screenpop customers files get 17 5 --output /tmp/photo.jpg
              screenpop customers files get 17 5 --output - | less
            """)
    @OptionGroup var global: GlobalOptions
    @Option(name: .shortAndLong, help: "Where to; - is standard output. Default: the file's own name, here.")
    var output: String?
    @Flag(help: "Write over a file that is there.") var force = false
    @Argument(help: "The customer's number, as `find` lists it.") var customer: Int
    @Argument(help: "The file's own number, as `list` has it.") var id: Int

    func run() async throws {
        try await global.run {
            let one = ["v1", "customers", String(customer), "files", String(id)], l = global.speech
            let item: Item = try await global.client.ask(.init(path: path(one)))
            let target = output ?? URL(fileURLWithPath: item.name ?? String(id)).lastPathComponent
            let handle = try target == "-" ? FileHandle.standardOutput : opened(target, l)
            try await global.client.ask(.init(path: path(one + ["content"]))) { piece in
                do { try handle.write(contentsOf: Data(piece.readableBytesView)) } catch {
                    throw ClientError.local(l.say("書き込めません: \(error)", "the file cannot be written: \(error)"))
                }
                return true
            }
            if target != "-" { say(l.say("\(safe(target)) に書き出しました。", "It is in \(safe(target)).")) }
        }
    }

    private func opened(_ target: String, _ l: Language) throws -> FileHandle {
        if !force, FileManager.default.fileExists(atPath: target) {
            throw ClientError.local(
                l.say(
                    "\(target) は既にあります。上書きするには --force を付けてください。",
                    "\(target) is there already: --force writes over it, --output names another."))
        }
        guard
            FileManager.default.createFile(atPath: target, contents: nil, attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forWritingAtPath: target)
        else { throw ClientError.local(l.say("\(target) に書き込めません。", "\(target) cannot be written.")) }
        return handle
    }
}
