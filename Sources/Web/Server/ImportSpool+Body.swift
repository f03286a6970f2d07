import Hummingbird
import NIOCore
import Storage

extension ImportSpool {
    /// Receives the whole body of a request into a temporary file.
    ///
    /// - Parameters:
    ///   - tooLong: the sentence for a body of more than `bytesMax` bytes.
    ///   - each: is given each part as it comes.
    static func receive(
        _ body: RequestBody, in directory: String, bytesMax: Int, tooLong: String,
        each: (UnsafeRawBufferPointer) -> Void = { _ in }
    ) async throws -> ImportSpool {
        let spool: ImportSpool
        do throws(Failure) { spool = try ImportSpool(directory: directory) } catch {
            throw Problem(.serviceUnavailable, "The file cannot be kept now: is the disk full?")
        }
        var count = 0
        for try await part in body {
            count += part.readableBytes
            guard count <= bytesMax else { throw Problem(.contentTooLarge, tooLong) }
            do {
                try part.withUnsafeReadableBytes { bytes in
                    each(bytes)
                    try spool.write(bytes)
                }
            } catch {
                throw Problem(.init(code: 507, reasonPhrase: "Insufficient Storage"), "There is no room for the file.")
            }
        }
        return spool
    }
}
