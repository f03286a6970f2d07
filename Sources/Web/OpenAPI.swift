/// The description of the interface, OpenAPI 3.1: served at `/v1/openapi.json`.
enum OpenAPI {
    static let document = #"""
    {}
    """#
}
