/// The texts that cells share, by their places.
final class SharedTexts: XMLHandler {
    private(set) var all: [String] = []
    private(set) var fault: SheetError?
    private var current: [UInt8] = []
    private var isText = false
    /// Readings (furigana) stand beside a text and are no part of it.
    private var depthOfReading = 0
    private var bytes = 0

    /// - Returns: no texts for a workbook that shares none.
    static func read(_ parts: ZipParts, folder: String) throws(SheetError) -> [String] {
        guard let part = try parts.part(folder + "sharedStrings.xml") else { return [] }
        let texts = SharedTexts()
        try XMLPieces.parse(part, texts)
        return texts.all
    }

    func begin(_ name: String, _ attributes: XMLAttributes) {
        switch name {
        case "si": current.removeAll(keepingCapacity: true)
        case "rPh": depthOfReading += 1
        case "t": isText = depthOfReading == 0
        default: break
        }
    }

    func end(_ name: String) {
        switch name {
        case "si":
            bytes += current.count + 16
            guard bytes <= SheetLimits.sharedBytesMax else {
                fault = .notAWorkbook("its texts are too many")
                return
            }
            if fault == nil { all.append(String(decoding: current, as: UTF8.self)) }
        case "rPh": depthOfReading -= 1
        case "t": isText = false
        default: break
        }
    }

    func text(_ bytes: UnsafeRawBufferPointer) {
        guard isText, fault == nil else { return }
        guard self.bytes + current.count + bytes.count <= SheetLimits.sharedBytesMax else {
            fault = .notAWorkbook("its texts are too many")
            return
        }
        current.append(contentsOf: bytes)
    }
}
