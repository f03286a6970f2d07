import Testing

@testable import Doctor

@Suite struct MountTableTests {
    static let table = MountTable(
        """
        23 28 0:21 / /proc rw,nosuid - proc proc rw
        28 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
        31 28 0:25 / /run rw,nosuid shared:5 master:2 - tmpfs tmpfs rw,size=1g
        40 28 0:44 / /srv/call\\040centre rw - nfs4 filer:/export rw
        41 28 254:1 / /var/lib rw - xfs /dev/vdb rw
        42 41 0:50 / /var/lib rw - btrfs /dev/vdc rw
        broken
        43 28 0:1 / /x
        """)

    @Test(arguments: [
        ("/var/lib/screenpop", "btrfs"), ("/var/lib", "btrfs"), ("/var/library", "ext4"), ("/", "ext4"),
        ("/run/screenpop", "tmpfs"), ("/srv/call centre/state", "nfs4"), ("/srv", "ext4"),
    ]) func theDeepestMountCounts(_ path: String, _ kind: String) {
        #expect(Self.table.kind(of: path) == kind)
    }

    @Test func anEmptyTableKnowsNothing() { #expect(MountTable("").kind(of: "/") == nil) }
}
