extension OpenAPI {
    /// `Pages`, `SessionRoutes`, `AccountRoutes` and `MessageRoutes`.
    static let deskPaths = #"""
        "/": {
          "get": {
            "operationId": "desk",
            "tags": ["Desk"],
            "summary": "The operators' desk",
            "security": [],
            "responses": {
              "200": {
                "description": "The page; the one to sign in with where nobody is, or who may not see it.",
                "content": { "text/html": {"schema": {"type": "string"}} }
              },
              "304": { "description": "It is the one that `If-None-Match` names." },
              "404": { "$ref": "#/components/responses/NotFound" }
            }
          }
        },
        "/wall": {
          "get": {
            "operationId": "wall",
            "tags": ["Desk"],
            "summary": "The wall",
            "security": [],
            "responses": {
              "200": {
                "description": "The page; the one to sign in with where nobody is, or who may not see it.",
                "content": { "text/html": {"schema": {"type": "string"}} }
              },
              "304": { "description": "It is the one that `If-None-Match` names." },
              "404": { "$ref": "#/components/responses/NotFound" }
            }
          }
        },
        "/supervisor": {
          "get": {
            "operationId": "supervisorPages",
            "tags": ["Desk"],
            "summary": "The supervisors' pages",
            "security": [],
            "responses": {
              "200": {
                "description": "The page; the one to sign in with where nobody is, or who may not see it.",
                "content": { "text/html": {"schema": {"type": "string"}} }
              },
              "304": { "description": "It is the one that `If-None-Match` names." },
              "404": { "$ref": "#/components/responses/NotFound" }
            }
          }
        },
        "/pages/{name}": {
          "get": {
            "operationId": "pageFile",
            "tags": ["Desk"],
            "summary": "What the pages are made of",
            "description": "What the page to sign in is made of is given to anybody, the rest to who is signed in.",
            "security": [],
            "parameters": [{"name": "name", "in": "path", "required": true, "description": "The file's name.", "schema": {"type": "string"}}],
            "responses": {
              "200": {
                "description": "The file.",
                "content": {
                  "text/javascript": { "schema": {"type": "string"} },
                  "text/css": { "schema": {"type": "string"} },
                  "application/json": { "schema": {"type": "object"} },
                  "image/svg+xml": { "schema": {"type": "string"} }
                }
              },
              "304": { "description": "It is the one that `If-None-Match` names." },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "404": { "$ref": "#/components/responses/NotFound" }
            }
          }
        },
        "/v1/session": {
          "post": {
            "operationId": "signIn",
            "tags": ["Desk"],
            "summary": "Sign in",
            "description": "With operator and password, or with a token, be it in the body or in `Authorization`. The answer sets the cookie `screenpop` (`HttpOnly`, `SameSite=Strict`, 14 hours): a session of its own, which ends with the token at the latest. After five wrong tries of an operator, or fifty of an address, each further one has to wait.",
            "security": [],
            "requestBody": { "required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/SignIn"}}} },
            "responses": {
              "200": {
                "description": "Signed in, with a password.",
                "content": { "application/json": {"schema": {"$ref": "#/components/schemas/Session"}} }
              },
              "204": { "description": "Signed in, with a token." },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "413": { "$ref": "#/components/responses/TooLarge" },
              "429": {
                "description": "Too many wrong tries; `Retry-After` says how long to wait.",
                "headers": { "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}} },
                "content": { "application/problem+json": {"schema": {"$ref": "#/components/schemas/TooManyTries"}} }
              }
            }
          },
          "get": {
            "operationId": "session",
            "tags": ["Desk"],
            "summary": "Who is signed in, and what the desk has to know",
            "security": [{"token": ["operator"]}, {"token": ["supervisor"]}, {"token": ["admin"]}],
            "responses": {
              "200": {
                "description": "The session.",
                "content": { "application/json": {"schema": {"$ref": "#/components/schemas/Session"}} }
              },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          },
          "delete": {
            "operationId": "signOut",
            "tags": ["Desk"],
            "summary": "Sign out",
            "security": [{"token": ["operator"]}, {"token": ["supervisor"]}, {"token": ["admin"]}],
            "responses": {
              "204": { "description": "Signed out: the session is ended and the cookie forgotten. A token that it was given for stays." },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" }
            }
          }
        },
        "/v1/accounts": {
          "get": {
            "operationId": "listAccounts",
            "tags": ["Desk"],
            "summary": "Who may sign in with a password",
            "security": [{"token": ["admin"]}],
            "responses": {
              "200": {
                "description": "The accounts, by operator.",
                "content": { "application/json": {"schema": {"$ref": "#/components/schemas/AccountList"}} }
              },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" }
            }
          }
        },
        "/v1/accounts/{operator}": {
          "put": {
            "operationId": "setAccount",
            "tags": ["Desk"],
            "summary": "Make an account, or give it another password",
            "description": "Whoever is signed in with it no longer is.",
            "security": [{"token": ["admin"]}],
            "parameters": [
              {
                "name": "operator",
                "in": "path",
                "required": true,
                "description": "The operator's number.",
                "schema": { "type": "string" }
              }
            ],
            "requestBody": { "required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/AccountWish"}}} },
            "responses": {
              "200": {
                "description": "It has another password.",
                "content": { "application/json": {"schema": {"$ref": "#/components/schemas/Account"}} }
              },
              "201": {
                "description": "It is made.",
                "content": { "application/json": {"schema": {"$ref": "#/components/schemas/Account"}} }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "413": { "$ref": "#/components/responses/TooLarge" },
              "500": { "$ref": "#/components/responses/Failed" }
            }
          },
          "delete": {
            "operationId": "removeAccount",
            "tags": ["Desk"],
            "summary": "Remove an account",
            "security": [{"token": ["admin"]}],
            "parameters": [
              {
                "name": "operator",
                "in": "path",
                "required": true,
                "description": "The operator's number.",
                "schema": { "type": "string" }
              }
            ],
            "responses": {
              "204": { "description": "It is removed; whoever was signed in with it no longer is." },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "404": { "$ref": "#/components/responses/NotFound" }
            }
          }
        },
        "/v1/messages": {
          "post": {
            "operationId": "sendMessage",
            "tags": ["Desk"],
            "summary": "A word from desk to desk",
            "description": "Supervisors write to an operator or to `all`; everybody may write to `supervisors`. It is shown on open desks (`message` on the stream), and kept no longer than a stream keeps.",
            "security": [{"token": ["operator"]}, {"token": ["supervisor"]}, {"token": ["admin"]}],
            "requestBody": { "required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/MessageWish"}}} },
            "responses": {
              "200": {
                "description": "Whether a desk is open there.",
                "content": { "application/json": {"schema": {"$ref": "#/components/schemas/MessageShown"}} }
              },
              "400": { "$ref": "#/components/responses/BadRequest" },
              "401": { "$ref": "#/components/responses/Unauthorized" },
              "403": { "$ref": "#/components/responses/Forbidden" },
              "413": { "$ref": "#/components/responses/TooLarge" },
              "503": { "$ref": "#/components/responses/Unavailable" }
            }
          }
        }
        """#
}
