/// The look-ups that are shipped, as config/lookup has them; `LookupPresetTests` compares the two.
enum LookupPresets {
    /// TOML by the name of the preset.
    static let all: [String: String] = [
        "dynamics": dynamics,
        "espocrm": espocrm,
        "hubspot": hubspot,
        "kintone": kintone,
        "odoo": odoo,
        "salesforce": salesforce,
        "zoho": zoho,
    ]

    private static let dynamics = ##"""
# Dynamics 365, from Microsoft's public documents of the Dataverse Web API: contacts with a filter over their numbers,
# and a token by client credentials. values: base, the address of the environment; tenant, the directory's id. client_id
# and secret_file are those of the registered application; scope is the environment's address with /.default.
[[lookup]]
name = "dynamics"
label = "Dynamics 365"
numbers = ["e164", "national_hyphens", "national"]
url = """{values.base}/api/data/v9.2/contacts?$select=contactid,fullname,jobtitle,emailaddress1\
&$expand=parentcustomerid_account($select=name)\
&$filter=telephone1 eq '{number}' or mobilephone eq '{number}' or telephone2 eq '{number}'&$top=5"""
headers = { "OData-MaxVersion" = "4.0", "OData-Version" = "4.0" }
external_id = "contactid"
link = "{values.base}/main.aspx?etn=contact&pagetype=entityrecord&id={found.contactid}"
answer = { records = "value" }
auth = "oauth2"

[lookup.oauth2]
token_url = "https://login.microsoftonline.com/{values.tenant}/oauth2/v2.0/token"

[[lookup.field]]
label = "氏名"
path = "fullname"

[[lookup.field]]
label = "会社"
path = "parentcustomerid_account.name"

[[lookup.field]]
label = "役職"
path = "jobtitle"
"""##

    private static let espocrm = ##"""
# EspoCRM, from its public documents of the API: GET /api/v1/Contact with a search by phoneNumber, and the key of an API
# user in X-Api-Key, which goes into secret_file. values: base, the address of EspoCRM.
[[lookup]]
name = "espocrm"
label = "EspoCRM"
numbers = ["e164", "national_hyphens", "national"]
url = """{values.base}/api/v1/Contact?maxSize=5\
&where[0][type]=equals&where[0][attribute]=phoneNumber&where[0][value]={number}"""
headers = { "X-Api-Key" = "{secret}" }
external_id = "id"
link = "{values.base}/#Contact/view/{found.id}"
answer = { records = "list" }

[[lookup.field]]
label = "氏名"
path = "name"

[[lookup.field]]
label = "会社"
path = "accountName"

[[lookup.field]]
label = "役職"
path = "title ?? accountRole"

[[lookup.field]]
label = "備考"
path = "description"
"""##

    private static let hubspot = ##"""
# HubSpot, from its public documents of the CRM search: POST /crm/v3/objects/contacts/search with groups of filters, of
# which any may match, and the token of a private app (crm.objects.contacts.read), which goes into secret_file. HubSpot
# lets an app search a few times a second. values: portal, the account's number, for the link.
[[lookup]]
name = "hubspot"
label = "HubSpot"
numbers = ["e164"]
method = "POST"
url = "https://api.hubapi.com/crm/v3/objects/contacts/search"
body = '''
{"filterGroups":[
{"filters":[{"propertyName":"phone","operator":"IN","values":["{e164}","{national}","{national_hyphens}"]}]},
{"filters":[{"propertyName":"mobilephone","operator":"IN","values":["{e164}","{national}","{national_hyphens}"]}]}],
"properties":["firstname","lastname","company","jobtitle","lifecyclestage","hs_lead_status","email"],"limit":5}'''
external_id = "id"
link = "https://app.hubspot.com/contacts/{values.portal}/record/0-1/{found.id}"
answer = { records = "results" }
auth = "bearer"

[[lookup.field]]
label = "姓"
path = "properties.lastname"

[[lookup.field]]
label = "名"
path = "properties.firstname"

[[lookup.field]]
label = "会社"
path = "properties.company"

[[lookup.field]]
label = "役職"
path = "properties.jobtitle"

[[lookup.field]]
label = "ステージ"
path = "properties.lifecyclestage"
"""##

    private static let kintone = ##"""
# kintone, from Cybozu's public documents of its REST API: GET /k/v1/records.json with a query over one field, signed
# with an app's token (reading is enough), which goes into secret_file. values: base, the address of the domain; app,
# the app's number; field, the code of the field with the number. Field codes are the app's own: write [[lookup.field]]
# tables with yours, of which each value stands under "value".
[[lookup]]
name = "kintone"
label = "kintone"
numbers = ["national_hyphens", "national", "e164"]
url = '{values.base}/k/v1/records.json?app={values.app}&query={values.field} = "{number}" limit 5'
headers = { "X-Cybozu-API-Token" = "{secret}" }
external_id = '"$id".value'
link = "{values.base}/k/{values.app}/show#record={found.\"$id\".value}"
answer = { records = "records" }

[[lookup.field]]
label = "会社"
path = "会社名.value"

[[lookup.field]]
label = "担当者"
path = "担当者名.value ?? 氏名.value"

[[lookup.field]]
label = "ランク"
path = "顧客ランク.value"

[[lookup.field]]
label = "備考"
path = "備考.value"
"""##

    private static let odoo = ##"""
# Odoo, from its public documents of the external API, as JSON-RPC: search_read of res.partner by phone. Errors come
# with status 200, under "error". secret_file has an API key of the user. values: base, the address; database, its
# name; uid, the user's number. Odoo of version 19 and later has no field mobile: then write a body without it.
[[lookup]]
name = "odoo"
label = "Odoo"
numbers = ["e164"]
method = "POST"
url = "{values.base}/jsonrpc"
body = '''
{"jsonrpc":"2.0","method":"call","id":1,"params":{"service":"object","method":"execute_kw",
"args":["{values.database}",{values.uid},"{secret}","res.partner","search_read",
[["|",["phone","in",["{e164}","{international}","{national}","{national_hyphens}"]],
["mobile","in",["{e164}","{international}","{national}","{national_hyphens}"]]]],
{"fields":["id","name","parent_id","function","comment","email"],"limit":5}]}}'''
external_id = "id"
link = "{values.base}/web#id={found.id}&model=res.partner&view_type=form"
answer = { records = "result", error = "error.data.message ?? error.message" }

[[lookup.field]]
label = "氏名"
path = "name"

[[lookup.field]]
label = "会社"
path = "parent_id.1"

[[lookup.field]]
label = "役職"
path = "function"
"""##

    private static let salesforce = ##"""
# Salesforce, from its public documents of the REST API: a SOQL query over the numbers of contacts, with a token by the
# flow for client credentials. values: base, the address of My Domain. client_id is the consumer key of the connected
# app, and secret_file has its secret. The account and its open cases come with a second request.
[[lookup]]
name = "salesforce"
label = "Salesforce"
numbers = ["e164", "national_hyphens", "national"]
url = """{values.base}/services/data/v61.0/query?q=SELECT Id, Name, Title, Email, AccountId, Account.Name, \
Account.Rating FROM Contact WHERE Phone = '{number}' OR MobilePhone = '{number}' OR HomePhone = '{number}' LIMIT 5"""
external_id = "Id"
link = "{values.base}/{found.Id}"
answer = { records = "records" }
auth = "oauth2"
oauth2 = { token_url = "{values.base}/services/oauth2/token" }

[[lookup.field]]
label = "氏名"
path = "Name"

[[lookup.field]]
label = "会社"
path = "Account.Name"

[[lookup.field]]
label = "役職"
path = "Title"

[[lookup.field]]
label = "評価"
path = "Account.Rating"

[[lookup.follow]]
url = """{values.base}/services/data/v61.0/query?q=SELECT CaseNumber, Subject, Status FROM Case \
WHERE ContactId = '{found.Id}' AND IsClosed = false ORDER BY CreatedDate DESC LIMIT 1"""
answer = { records = "records" }

[[lookup.follow.field]]
label = "未完了のケース"
path = "Subject"
"""##

    private static let zoho = ##"""
# Zoho CRM, from its public documents of version 7: GET /crm/v7/Contacts/search?phone=… answers 204 where nobody has the
# number. The token is got with a refresh token: client_id under oauth2, secret_file, refresh_token_file. values: api,
# accounts and crm, the addresses of the data centre, such as https://www.zohoapis.jp, https://accounts.zoho.jp and
# https://crm.zoho.jp.
[[lookup]]
name = "zoho"
label = "Zoho CRM"
numbers = ["e164", "national_hyphens", "national"]
url = "{values.api}/crm/v7/Contacts/search?phone={number}"
external_id = "id"
link = "{values.crm}/crm/tab/Contacts/{found.id}"
answer = { records = "data", missing_status = [204] }
auth = "oauth2"
scheme = "Zoho-oauthtoken"

[lookup.oauth2]
token_url = "{values.accounts}/oauth/v2/token"
grant = "refresh_token"

[[lookup.field]]
label = "氏名"
path = "Full_Name"

[[lookup.field]]
label = "会社"
path = "Account_Name.name"

[[lookup.field]]
label = "役職"
path = "Title"

[[lookup.field]]
label = "備考"
path = "Description"
"""##
}
