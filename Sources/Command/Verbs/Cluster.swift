import ArgumentParser
import Foundation

/// `screenpop cluster`: the nodes, who leads, how far each is.
struct Cluster: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The nodes of the cluster: who leads, and how far each of them is.",
        discussion: """
            A daemon without a cluster is its only node. `screenpop doctor` says what is not right.

              screenpop cluster
              screenpop cluster --json

            The exit status is 1 while no node leads.
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(.init(path: "/v1/cluster"))
            let answer: ClusterAnswer = try APIClient.decode(data)
            if output.json {
                say(String(decoding: data, as: UTF8.self), end: "")
            } else {
                say(ClusterBoard(language: global.speech).text(answer, on: global.terminal))
            }
            if answer.leader == nil { throw ExitCode(Exit.refused) }
        }
    }
}

/// `GET /v1/cluster`.
struct ClusterAnswer: Decodable {
    struct Node: Decodable {
        var node: String
        /// `leader`, `follower` or `joining`; a later daemon may know more.
        var state: String
        var seq: Int64
        var lagMs: Int64
    }
    var leader: String?
    var nodes: [Node]
}

/// The nodes as a table.
struct ClusterBoard {
    let language: Language

    /// A follower that is further behind than this is marked: its screens are late. Milliseconds.
    private static let lateMs: Int64 = 1_000

    func text(_ answer: ClusterAnswer, on terminal: Terminal) -> String {
        let l = language, nodes = answer.nodes.sorted { $0.node < $1.node }
        var table = Table(
            [
                l.say("ノード", "node"), l.say("役割", "role"), l.say("記録位置", "position"), l.say("遅れ", "behind"),
            ], right: [2, 3])
        for one in nodes {
            let behind = one.state == "leader" ? "–" : l.say("\(one.lagMs) ミリ秒", "\(one.lagMs) ms")
            table.add([safe(one.node), role(one.state), String(one.seq), behind])
        }
        var lines = [table.text(on: terminal)]
        for one in nodes where one.state == "follower" && one.lagMs > ClusterBoard.lateMs {
            let late = l.say(
                "\(safe(one.node)) は \(l.duration(one.lagMs)) 遅れています。画面の表示も遅れます。",
                "\(safe(one.node)) is \(l.duration(one.lagMs)) behind: its screens are late.")
            lines.append(terminal.styled(late, .warn))
        }
        if answer.leader == nil {
            let nobody = l.say(
                "リーダーがいません。変更はどのノードでもできません。", "No node leads: nothing can be changed on any of them.")
            lines.append(terminal.styled(nobody, .bad))
        }
        return lines.joined(separator: "\n")
    }

    private func role(_ state: String) -> String {
        switch state {
        case "leader": language.say("リーダー", "leader")
        case "follower": language.say("フォロワー", "follower")
        case "joining": language.say("参加中", "joining")
        default: safe(state)
        }
    }
}
