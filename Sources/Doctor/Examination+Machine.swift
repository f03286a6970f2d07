extension Examination {
    /// File systems of other machines. SQLite's locks, and what fsync promises, depend on those.
    static let networkFileSystems: Set = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "9p", "ceph", "glusterfs", "lustre", "fuse.sshfs",
        "fuse.glusterfs", "fuse.s3fs", "fuse.rclone",
    ]
    /// File systems that are gone when the machine is switched off.
    static let memoryFileSystems: Set = ["tmpfs", "ramfs", "zram"]

    private static let hour: Int64 = 3_600_000
    /// A nightly backup may begin some minutes later than the night before. Milliseconds.
    static let backupAgeMax = 25 * hour
    /// Share of the file system that should be free, and below which it is urgent. Percent.
    static let freeMin: (warning: Int64, problem: Int64) = (10, 2)

    static func findings(of machine: MachineFacts) -> [Finding] {
        [log(machine), checkpoint(machine), views(machine)]
            + [fileSystem(machine), space(machine), clock(machine)].compactMap { $0 }
            + (machine.backups.map { [backup($0)] } ?? [])
            + (machine.certificate.map { findings(of: $0) } ?? [])
            + (machine.holidays.map { [finding(of: $0)] } ?? [])
    }

    private static func log(_ machine: MachineFacts) -> Finding {
        if machine.isLogWritable {
            return Finding(.ok, .log, Sentence("イベントを記録できます。", "The log can be written."))
        }
        return Finding(
            .problem, .log,
            Sentence("ログに書き込めません。イベントは受け付けられません。", "The log cannot be written, and no event is taken."),
            advice: Sentence(
                "ディスクの空きと、\(machine.stateDirectory) の権限を確かめてください。`journalctl -u screenpopd -p warning` に理由があります。",
                "See whether the disk is full and who owns \(machine.stateDirectory); `journalctl -u screenpopd -p "
                    + "warning` has the reason."))
    }

    private static func checkpoint(_ machine: MachineFacts) -> Finding {
        guard let problem = machine.checkpointProblem else {
            return Finding(.ok, .checkpoint, Sentence("チェックポイントは保存されています。", "Checkpoints are written."))
        }
        return Finding(
            .warning, .checkpoint,
            Sentence(
                "チェックポイントを保存できません。起動に時間がかかり、ログも短くなりません: \(problem)",
                "The checkpoint cannot be written, so a start takes longer and the log is not cut: \(problem)"),
            advice: Sentence(
                "\(machine.stateDirectory) の空きと権限を確かめてください。",
                "See whether \(machine.stateDirectory) has room, and belongs to the daemon's user."))
    }

    private static func views(_ machine: MachineFacts) -> Finding {
        guard let problem = machine.viewsProblem else {
            return Finding(.ok, .views, Sentence("閲覧記録は書き込まれています。", "Who sees which customer is recorded."))
        }
        return Finding(
            .problem, .views,
            Sentence(
                "閲覧を記録できないため、顧客の情報は表示されません: \(problem)",
                "Who sees which customer cannot be recorded, so records are not shown: \(problem)"),
            advice: Sentence(
                "\(machine.stateDirectory)/views.db のあるディスクの空きを確かめてください。",
                "See whether the disk of \(machine.stateDirectory)/views.db is full."))
    }

    private static func fileSystem(_ machine: MachineFacts) -> Finding? {
        guard let name = machine.fileSystem else { return nil }
        let place = machine.stateDirectory
        let advice = Sentence(
            "`state_dir` をこのマシンのディスクに置いてください。", "Put `state_dir` on a disk of this machine.")
        if memoryFileSystems.contains(name) {
            return Finding(
                .problem, .fileSystem,
                Sentence(
                    "\(place) はメモリ上（\(name)）にあり、電源が切れると失われます。",
                    "\(place) is in memory (\(name)): everything in it is gone when the machine loses its power."),
                advice: advice)
        }
        if networkFileSystems.contains(name) {
            return Finding(
                .problem, .fileSystem,
                Sentence(
                    "\(place) はネットワーク上（\(name)）にあります。ロックと fsync の保証は相手のマシン次第です。",
                    "\(place) is on another machine (\(name)): locks, and what is on disk after a crash, depend on "
                        + "that one."),
                advice: advice)
        }
        return Finding(
            .ok, .fileSystem,
            Sentence("\(place) はこのマシンのディスク（\(name)）にあります。", "\(place) is on a disk of this machine (\(name))."))
    }

    private static func space(_ machine: MachineFacts) -> Finding? {
        guard let free = machine.freeBytes, let size = machine.sizeBytes, size > 0 else { return nil }
        let percent = free / (size / 100 == 0 ? 1 : size / 100)
        let severity: Finding.Severity =
            percent < freeMin.problem ? .problem : percent < freeMin.warning ? .warning : .ok
        let what = Sentence(
            "\(machine.stateDirectory) のディスクの空きは \(percent) %（\(gibibytes(free))）です。",
            "\(percent) % of the disk of \(machine.stateDirectory) is free, \(gibibytes(free)).")
        if severity == .ok { return Finding(.ok, .space, what) }
        return Finding(
            severity, .space, what,
            advice: Sentence(
                "空きを増やすか、`[retention] events` を短くしてください。ディスクが一杯になると、イベントは受け付けられません。",
                "Make room, or shorten `[retention] events`: with a full disk no event is taken."))
    }

    private static func clock(_ machine: MachineFacts) -> Finding? {
        switch machine.isClockSynchronised {
        case true?:
            Finding(.ok, .clock, Sentence("時計は同期しています。", "The clock follows a time server."))
        case false?:
            Finding(
                .warning, .clock,
                Sentence("時計が同期していません。待ち時間やサービスレベルがずれます。", "The clock follows no time server: times and waits drift."),
                advice: Sentence(
                    "`timedatectl set-ntp true`、または chrony を使ってください。",
                    "`timedatectl set-ntp true`, or install chrony."))
        case nil: nil
        }
    }

    private static func backup(_ backups: MachineFacts.Backups) -> Finding {
        let advice =
            backups.hasTimer
            ? Sentence(
                "`journalctl -u screenpop-backup` に理由があります。`systemctl start screenpop-backup` で今すぐ作成できます。",
                "`journalctl -u screenpop-backup` has the reason; `systemctl start screenpop-backup` makes one now.")
            : Sentence(
                "`systemctl enable --now screenpop-backup.timer` で毎晩作成されます。別の方法で取っているなら無視してかまいません。",
                "`systemctl enable --now screenpop-backup.timer` makes one every night. If you make backups in another "
                    + "way, ignore this.")
        guard let age = backups.newestAge else {
            return Finding(
                .warning, .backup,
                Sentence("\(backups.folder) にバックアップがありません。", "There is no backup in \(backups.folder)."),
                advice: advice)
        }
        let hours = age / hour, isOld = age > backupAgeMax
        if isOld || backups.hasTimer {
            let what = Sentence(
                "\(backups.folder) の最新のバックアップは \(hours) 時間前のものです。",
                "The newest backup in \(backups.folder) is \(hours) hours old.")
            return Finding(isOld ? .warning : .ok, .backup, what, advice: isOld ? advice : nil)
        }
        return Finding(
            .warning, .backup,
            Sentence(
                "最新のバックアップは \(hours) 時間前のものですが、毎晩のタイマーが有効になっていません。",
                "The newest backup is \(hours) hours old, but the nightly timer is not enabled."),
            advice: advice)
    }

    private static func gibibytes(_ bytes: Int64) -> String {
        let tenths = bytes / 107_374_182
        return "\(tenths / 10).\(tenths % 10) GiB"
    }
}
