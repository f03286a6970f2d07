import CallCenter
import Testing

@testable import Settings

/// `[cluster]`: this machine as one of several.
@Suite struct ClusterSettingsTests {
    private static let needed = """
        [cluster]
        database = "postgresql://screenpop@db1,db2,db3/screenpop"
        node = "a"
        address = "10.0.0.1:8791"
        secret_file = "/etc/screenpop/cluster-secret"

        """

    @Test func peersAreTheAddressesOfTheOthersAndNeedNotBeThere() throws {
        let alone = try #require(try load(Self.needed).cluster)
        #expect(alone.peers.isEmpty && alone.node == "a")
        let named = try #require(try load(Self.needed + #"peers = ["10.0.0.2:8791", "db3.example:8791"]"#).cluster)
        #expect(named.peers.map(\.description) == ["10.0.0.2:8791", "db3.example:8791"])
    }

    @Test(arguments: ["10.0.0.2", "10.0.0.2:0", "b", ""]) func aPeerIsAnAddressWithAPort(_ peer: String) throws {
        #expect(try complaint(Self.needed + "peers = [\"\(peer)\"]")?.contains("10.0.0.2:8791") == true, "\(peer)")
    }

    /// Peers alone make no cluster.
    @Test func theOtherKeysAreNeeded() throws {
        #expect(
            try complaint("[cluster]\npeers = [\"10.0.0.2:8791\"]")?.contains("database is not there") == true)
    }
}
