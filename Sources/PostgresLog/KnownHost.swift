import CPostgres
import Synchronization

/// Which of several hosts of the database was the primary last: it is tried first, and one that has just failed last.
///
/// libpq tries hosts in the order of the conninfo, and one whose machine is gone holds it up for the whole
/// `connect_timeout`. A node that is to lead has no seconds for a machine that another session knows to be gone.
final class KnownHost: Sendable {
    struct Host: Equatable, Sendable {
        /// As the conninfo names it: a name, an address, or the folder of a socket.
        var name: String
        var port: String
    }
    private let newest = Mutex<(host: Host, failed: Bool)?>(nil)

    /// A session with it is there.
    func connected(_ host: Host) { newest.withLock { $0 = (host, false) } }

    /// A session with it is over. When others have been made since, with another host, it says nothing new.
    func failed(_ host: Host) {
        newest.withLock { if $0?.host == host { $0 = (host, true) } }
    }

    /// The parameters that put a conninfo's hosts in another order; none where there is nothing to order.
    func order(_ conninfo: String) -> [(keyword: String, value: String)] {
        guard let (host, failed) = newest.withLock({ $0 }), let hosts = HostList(conninfo) else { return [] }
        return hosts.with(host, first: !failed)
    }
}

/// The hosts of a conninfo: three lists with commas, as libpq has them.
private struct HostList {
    /// A list per keyword; of `port` one for all hosts or one for each.
    private var lists: [(keyword: String, values: [String])] = []
    private let count: Int

    /// nil for one host, and for what libpq refuses or finds elsewhere.
    init?(_ conninfo: String) {
        guard conninfo.contains("=") || conninfo.contains("://"), let options = PQconninfoParse(conninfo, nil) else {
            return nil
        }
        defer { PQconninfoFree(options) }
        var next = options
        while let keyword = next.pointee.keyword {
            let name = String(cString: keyword)
            if ["host", "hostaddr", "port"].contains(name), let value = next.pointee.val {
                let values = String(cString: value).split(separator: ",", omittingEmptySubsequences: false)
                lists.append((name, values.map(String.init)))
            }
            next = next.advanced(by: 1)
        }
        count = lists.map(\.values.count).max() ?? 0
        let hosts = lists.first { $0.keyword == "host" } ?? lists.first { $0.keyword == "hostaddr" }
        guard count > 1, hosts?.values.count == count else { return nil }
    }

    func with(_ host: KnownHost.Host, first: Bool) -> [(keyword: String, value: String)] {
        func value(_ keyword: String, _ place: Int) -> String? {
            lists.first { $0.keyword == keyword }.map { $0.values.count == count ? $0.values[place] : $0.values[0] }
        }
        guard
            let found = (0..<count).first(where: { place in
                let names = [value("host", place), value("hostaddr", place)].compactMap(\.self).filter { !$0.isEmpty }
                let port = value("port", place) ?? ""
                return names.contains(host.name) && (port.isEmpty || port == host.port)
            })
        else { return [] }
        let others = (0..<count).filter { $0 != found }
        let order = first ? [found] + others : others + [found]
        return lists.filter { $0.values.count == count }.map { list in
            (list.keyword, order.map { list.values[$0] }.joined(separator: ","))
        }
    }
}
