import Foundation
import Testing

/// Days and times are those of the centre's zone. Code that reads the browser's or the machine's zone works in another
/// one, and tests fail at some hours only. So each side has one file that computes them.
@Suite struct ClockTests {
    static func lines(_ folder: String, _ type: String, except: Set<String>) throws -> [(place: String, line: String)] {
        let folder = ImportTests.root.appendingPathComponent(folder)
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var found: [(String, String)] = []
        for case let file as URL in files where file.pathExtension == type && !except.contains(file.lastPathComponent) {
            for (number, line) in try String(contentsOf: file, encoding: .utf8).split(separator: "\n").enumerated() {
                found.append(("\(file.lastPathComponent):\(number + 1)", String(line)))
            }
        }
        #expect(!found.isEmpty)
        return found
    }

    @Test func pagesTakeTimeFromTimeJS() throws {
        let browsers =
            #/
            Date\.now|new\ Date\(\)|DateTimeFormat|toLocale\w*String|toDateString|getTimezoneOffset
            |\.get(UTC)?(FullYear|Month|Date|Day|Hours|Minutes)\(
            /#
        for (place, line) in try Self.lines("Sources/Web/Pages", "js", except: ["time.js"]) {
            #expect(line.firstMatch(of: browsers) == nil, "\(place) asks the browser; time.js knows the centre's time")
        }
    }

    @Test func theCommandLineTakesTimeFromCivilTime() throws {
        let machines = #/Calendar\(|TimeZone\(|TimeZone\.current|DateFormatter\(|localtime|ISO8601FormatStyle/#
        for (place, line) in try Self.lines("Sources/Command", "swift", except: ["CivilTime.swift"]) {
            #expect(
                line.firstMatch(of: machines) == nil, "\(place) reckons for itself; CivilClock and CentreTime do that")
        }
    }

    /// What a handler decides by the time is tested with a time of the test's: `WebDependencies.now` is the only
    /// clock there.
    @Test func handlersTakeTimeFromTheirDependencies() throws {
        let machines = #/Engine\.now\(|clock_gettime|gettimeofday|Date\(\)|Date\.now|DispatchTime\.now/#
        for (place, line) in try Self.lines("Sources/Web", "swift", except: []) {
            #expect(line.firstMatch(of: machines) == nil, "\(place) asks the machine; WebDependencies.now is the clock")
        }
    }

    /// A clock that shows the date can be set while something goes on. The player of recordings keeps to dates, as the
    /// recordings have them.
    @Test func whatLastsIsMeasuredByAClockThatNobodySets() throws {
        let dates = #/Date\(timeIntervalSinceNow|Date\(\)\s*[<>]|Date\(\)\.timeIntervalSince\(|timeIntervalSinceNow/#
        for (place, line) in try Self.lines("Sources", "swift", except: ["EventPlayer.swift"]) {
            #expect(line.firstMatch(of: dates) == nil, "\(place) measures by the date; ContinuousClock does not jump")
        }
    }

    /// Dates are reckoned in one place on the daemon's side.
    @Test func datesAreReckonedByCivilDate() throws {
        let leaps = #/146_?097|719_?(162|468)|% 400/#
        for (place, line) in try Self.lines("Sources", "swift", except: ["CivilDate.swift"]) {
            #expect(line.firstMatch(of: leaps) == nil, "\(place) reckons dates for itself; CivilDate does that")
        }
    }
}
