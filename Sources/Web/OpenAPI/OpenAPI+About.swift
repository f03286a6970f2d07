extension OpenAPI {
    /// `info.version` is that of the daemon, which Tests/HouseTests compares.
    static let about = #"""
        "openapi": "3.1.0",
        "info": {
          "title": "screenpopd",
          "version": "0.2.0",
          "summary": "Screen pops, figures, calls and customers of a call centre.",
          "description": "Times are RFC 3339 in UTC, durations whole milliseconds (`…_ms`), names snake_case. What is not known \#
        is null: a reader finds every key every time, unless a key is marked optional. Readers ignore keys that they do not \#
        know.\n\n\#
        Errors are `application/problem+json` (RFC 9457), and `detail` says what to do. A path or a method that is not here is \#
        answered 404. Every answer carries `Cache-Control: no-store`, unless it says otherwise, and `X-Content-Type-Options: \#
        nosniff`. A query parameter without a value is absent. A JSON body is at most 1 MiB.\n\n\#
        On TCP every request but `GET /healthz`, the pages to sign in with and `POST /v1/session` needs a token, or the cookie that \#
        signing in sets, also from this machine. With a cookie, what changes something has to come from our own pages. On the Unix socket \#
        `/run/screenpop/api.sock` there are no tokens: whoever may open it may do everything, as `curl --unix-socket \#
        /run/screenpop/api.sock http://localhost/v1/status` does.\n\n\#
        Roles: `operator` sees its own pops and calls, and the customers; `supervisor` all calls, figures and operators as \#
        well; `admin` may do everything; `ingest` pushes events and no more. `security` of an operation lists the roles that \#
        may call it."
        },
        "servers": [
          {
            "url": "http://{host}:{port}",
            "description": "HTTP/1.1. A reverse proxy adds TLS.",
            "variables": { "host": { "default": "127.0.0.1" }, "port": { "default": "8790" } }
          }
        ],
        "tags": [
          { "name": "Pops", "description": "What an operator sees of a call, as it happens." },
          { "name": "Figures", "description": "What the centre, its queues, tiers and operators did, and do now." },
          { "name": "Calls", "description": "The calls behind each figure." },
          { "name": "Desk", "description": "The pages in the browser, and who signs in there." },
          { "name": "Operators", "description": "Who is there, and what they do." },
          { "name": "Customers", "description": "The one record of each customer." },
          { "name": "Blocked numbers", "description": "Whose calls are rejected." },
          { "name": "Tokens", "description": "Who may ask over TCP." },
          { "name": "Events", "description": "The event protocol over HTTP." },
          { "name": "Daemon", "description": "Whether it lives, is ready, and how it does." }
        ],
        "security": [{ "token": [] }]
        """#

    static let securitySchemes = #"""
        "securitySchemes": {
          "token": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "sp_…",
            "description": "`screenpop token create`, or `POST /v1/tokens`, makes one. It is shown once. TCP only: the Unix \#
        socket needs none."
          }
        }
        """#
}
