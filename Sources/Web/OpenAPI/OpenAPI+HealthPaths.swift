extension OpenAPI {
    /// `HealthRoutes`.
    static let healthPaths = #"""
        "/healthz": {
          "get": {
            "operationId": "isAlive",
            "tags": ["Daemon"],
            "summary": "Whether it lives",
            "description": "The one path that needs no token.",
            "security": [],
            "responses": {
              "200": {
                "description": "It does.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Alive" } } }
              }
            }
          }
        },
        "/readyz": {
          "get": {
            "operationId": "isReady",
            "tags": ["Daemon"],
            "summary": "Whether it can take events",
            "description": "The customers' database can be read, the log written. Any token will do.",
            "responses": {
              "200": {
                "description": "It is ready.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Ready" } } }
              },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "503": {
                "description": "503: it is not, and `reasons` says why. This one is no problem document.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Ready" } } }
              }
            }
          }
        },
        "/v1/status": {
          "get": {
            "operationId": "getStatus",
            "tags": ["Daemon"],
            "summary": "How it does",
            "security": [{ "token": ["supervisor"] }, { "token": ["admin"] }],
            "responses": {
              "200": {
                "description": "The status.",
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Status" } } }
              },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "500": { "$ref": "#/components/responses/Failed" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        },
        "/metrics": {
          "get": {
            "operationId": "getMetrics",
            "tags": ["Daemon"],
            "summary": "Today's figures and the daemon's health, for Prometheus",
            "security": [{ "token": ["supervisor"] }, { "token": ["admin"] }],
            "responses": {
              "200": {
                "description": "Prometheus' text format, version 0.0.4.",
                "content": { "text/plain": { "schema": { "type": "string" } } }
              },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        },
        "/v1/openapi.json": {
          "get": {
            "operationId": "getDescription",
            "tags": ["Daemon"],
            "summary": "This document",
            "description": "Any token will do.",
            "responses": {
              "200": {
                "description": "OpenAPI 3.1.",
                "content": { "application/json": { "schema": { "type": "object" } } }
              },
              "401": { "$ref": "#/components/responses/Unauthorized" }
            }
          }
        }
        """#
}
