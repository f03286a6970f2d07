/// The description of the interface, OpenAPI 3.1: served at `/v1/openapi.json`.
///
/// Written by hand, a fragment for each area: paths beside `Routes`, schemas beside `Encoding`. A fragment is a list of JSON members
/// without the braces around it, in raw text (`\#` at a line's end joins it to the next), and is put in by its name alone:
/// Tests/HouseTests puts the document together the same way, and holds it against the routes that are registered.
enum OpenAPI {
    static let document = """
        {
        \(about),
        "paths": {
        \(popPaths),
        \(statsPaths),
        \(intervalPaths),
        \(callPaths),
        \(afterCallPaths),
        \(callbackPaths),
        \(alarmPaths),
        \(logPaths),
        \(operatorPaths),
        \(deskPaths),
        \(casePaths),
        \(customerPaths),
        \(lookupPaths),
        \(customerFilePaths),
        \(blockListPaths),
        \(tokenPaths),
        \(eventPaths),
        \(healthPaths)
        },
        "components": {
        \(securitySchemes),
        "responses": {
        \(problemResponses)
        },
        "schemas": {
        \(commonSchemas),
        \(popSchemas),
        \(streamSchemas),
        \(statsSchemas),
        \(intervalSchemas),
        \(callSchemas),
        \(afterCallSchemas),
        \(callbackSchemas),
        \(alarmSchemas),
        \(logSchemas),
        \(routeSchemas),
        \(operatorSchemas),
        \(deskSchemas),
        \(caseSchemas),
        \(customerSchemas),
        \(customerEditSchemas),
        \(lookupSchemas),
        \(customerFileSchemas),
        \(blockListSchemas),
        \(tokenSchemas),
        \(eventSchemas),
        \(eventPartSchemas),
        \(replySchemas),
        \(healthSchemas)
        }
        }
        }

        """
}
