#!/bin/bash
# What `make run` shows beside the calls: customers with their purchases, contracts, contacts and notes; a family and a
# company; a duplicate; work that is due; knowledge; an incident; a list. Into a daemon that has no customers yet.
#
# PATH has the programs, SCREENPOP_API_SOCKET the daemon.
set -euo pipefail
cd "$(dirname "$0")"
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT

# {-20} is the day 20 days ago: what the desk says of a contract or of a purchase depends on today.
dated() {
  python3 -X utf8 -c '
import datetime, email.utils, re, sys
now = datetime.datetime.now().astimezone()
day = lambda found: (now + datetime.timedelta(days=int(found[1]))).strftime("%Y-%m-%d")
text = re.sub(r"\{([+-][0-9]+)\}", day, sys.stdin.read())
print(text.replace("{mail}", email.utils.format_datetime(now)), end="")' < "$1" > "$folder/$1"
}

# What the interface has and no verb does.
ask() {
  local said
  said=$(curl -sS --fail-with-body --unix-socket "$SCREENPOP_API_SOCKET" -H 'Content-Type: application/json' \
    -X "$1" -H 'If-Match: *' -d "$3" "http://screenpop$2") || { printf '%s\n' "$said" >&2; return 1; }
  printf '%s\n' "$said"
}

screenpop customers import customers.csv
for kind in purchases contracts contacts notes; do
  dated "$kind.csv"
  screenpop import "$folder/$kind.csv" --kind "$kind" > /dev/null
done

# Records are numbered as the file has them. Three persons of one company:
company=$(ask POST /v1/customers '{"name":"みどり食品","kind":"company","owner":"102"}' |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])')
for person in 5 6 17; do ask PATCH "/v1/customers/$person" "{\"company_id\":$company}" > /dev/null; done

screenpop cases open 9 '水漏れ: 返品と返金' priority=high owner=102 complaint=true \
  next_step='返金額を経理に確認' due="$(date -d '-1 hour' +%Y-%m-%dT%H:%M:%S%:z)" > /dev/null
screenpop cases open 3 '保守契約の見積もりを送る' kind=promise owner=101 \
  due="$(date -d '+2 hours' +%Y-%m-%dT%H:%M:%S%:z)" > /dev/null
screenpop articles add --file article.md queues=support products=コーヒーメーカー > /dev/null
screenpop templates add title=お礼 text='{{customer.name}} 様  お電話ありがとうございました。' > /dev/null
screenpop incidents add title='業務用コーヒーメーカー: 部品の入荷が遅れています' products=業務用コーヒーメーカー \
  cause='工場の停止' solution='代替品を案内する' > /dev/null
screenpop lists create winback of=dormant title='ご無沙汰のお客様' assigned_to=101,102 > /dev/null
screenpop customers files add 1 article.md > /dev/null
dated mail.eml
screenpop contact mail < "$folder/mail.eml" > /dev/null
