import Foundation
import PostgresLog

// How fast a leader appends to the log in PostgreSQL: AppendBenchmark CONNINFO ROWS BYTES SECONDS. Each append has ROWS
// bursts of BYTES; the next begins when the last one is committed. Prints one JSON object; times in microseconds.
let arguments = CommandLine.arguments
guard arguments.count == 5, let count = Int64(arguments[2]), let size = Int(arguments[3]),
    let seconds = Int(arguments[4]), count > 0, size >= 0, seconds > 0
else {
    FileHandle.standardError.write(Data("usage: AppendBenchmark CONNINFO ROWS BYTES SECONDS\n".utf8))
    exit(64)
}
let place = PostgresPlace(conninfo: arguments[1], node: "benchmark", passwordFile: nil)
let table = try LogTable.open(place)
_ = try table.create(identity: "benchmark", behind: 0)
let (leader, head) = try LeaderSession.lead(place, ending: nil)
var last = head.last
// Text such as events are.
let text = (0..<1 + size / 40).map { #"{"seq":\#($0),"type":"call.ringing","at":"# }.joined()
let entries = Array(text.utf8.prefix(size))
let clock = ContinuousClock()
let end = clock.now + .seconds(seconds)
var took: [Double] = []
while clock.now < end {
    let rows = (1...count).map { i in
        BurstRow(first: last + i, last: last + i, epoch: leader.epoch, readAt: last, changes: 0, entries: entries)
    }
    let start = clock.now
    try leader.append(rows, expecting: last)
    took.append(Double((clock.now - start).components.attoseconds) / 1e12)
    last += count
}
leader.close()
let whole = took.reduce(0, +) / 1e6
took.sort()
print(
    #"{"appends":\#(took.count),"appends_s":\#(Double(took.count) / whole),"#
        + #""bursts_s":\#(Double(took.count) * Double(count) / whole),"p50_us":\#(took[took.count / 2]),"#
        + #""p99_us":\#(took[took.count * 99 / 100])}"#)
