# What a newcomer types: `make test`. Works from a path with spaces, run twice, and offline once the packages are there.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
# All targets share one .build, which takes one build at a time.
.NOTPARALLEL:
.DEFAULT_GOAL := help

# Under which prefix to install; the configuration is in /etc and the data in /var whatever the prefix.
PREFIX ?= /usr
# A root to install into instead of /, for whoever makes a package.
DESTDIR ?=
# Where the four programs to install are.
BINDIR ?= .build/release
# Where `make deb` puts the packages.
DEBDIR ?= .build/deb
# Whether debug symbols are taken out of the installed programs: no, for whoever makes a package of them.
STRIP ?= yes
# Suites that start processes or take long: `make test-quick` leaves them out.
SLOW_SUITES ?= DaemonTests PackagingTests
export PREFIX DESTDIR STRIP

PROGRAMS := screenpopd screenpop screenpop-asterisk screenpop-freeswitch
# To build with, and what the tests start.
PACKAGES := libphonenumber-dev libicu-dev libsqlite3-dev libsystemd-dev libjemalloc-dev zlib1g-dev \
            libpq-dev libzip-dev libexpat1-dev libgmime-3.0-dev libmagic-dev libldap-dev systemd tzdata socat curl \
            python3 postgresql

.PHONY: help deps build debug run test test-fuzz browser browser-run test-browser test-openapi test-simulation \
        test-week test-clock test-chaos test-asterisk test-cluster test-quick test-deb bench bench-append install \
        uninstall deb sbom site clean

help:
	@cat <<-'TEXT'
	make deps        install the Debian packages that are missing
	make build       build the four programs, optimised, with Swift linked in
	make debug       build everything for debugging
	make run         run the daemon from here with sample customers, and see calls pop
	make test        run the whole suite
	make test-fuzz   try every route and event with extremes, and ten thousand broken streams: half an hour
	make test-browser  the pages in Chromium: the same as in `make test`, in all colours, for a day of pops
	make test-openapi  the part of it that holds the description of the interface, and answers, against each other
	make test-simulation  the part of it that plays made-up days and compares every figure; SEEDS=1-40 for more
	make test-week   play a week of 40 operators and 3,000 calls, mails and promises, each accounted for: some minutes
	make test-clock  run the whole suite at six hours of the day in three time zones: an hour
	make test-chaos  10,000 disks that fail and lose power under the log, 1,000 under the records: some minutes
	make test-asterisk  check the bridge against a real Asterisk and its phones
	make test-cluster  three nodes on three PostgreSQL, and what goes wrong: some minutes; FAULTS=200 for the whole
	make test-deb    make the Debian packages twice, and install, upgrade and purge them in a chroot: some minutes
	make test-quick  run the suites that take seconds
	make bench       measure against the budgets, those of a cluster as well (as root)
	make bench-append  measure appends to the log in PostgreSQL against pgbench
	make install     install what was built: PREFIX=/usr DESTDIR=
	make uninstall   remove what was installed; data and edited configuration stay
	make deb         make Debian packages of what was built, in .build/deb: DEBDIR=
	make site        write the guides, the interface and the manual pages as a site with search, in .build/site
	make sbom        write what the programs are made of, as SPDX, on standard output
	make clean       remove what was built
	TEXT

deps:
	@missing=()
	command -v swift >/dev/null || {
	  echo "Swift 6.1 or newer is missing: see https://www.swift.org/install/linux/" >&2
	  exit 77
	}
	command -v dpkg-query >/dev/null || {
	  echo "Not Debian: make sure that the likes of these are there: $(PACKAGES)" >&2
	  exit 0
	}
	for package in $(PACKAGES); do
	  dpkg-query -W -f='$${db:Status-Status}' "$$package" 2>/dev/null | grep -qx installed || missing+=("$$package")
	done
	[ $${#missing[@]} -gt 0 ] || exit 0
	echo "Installing the missing Debian packages: $${missing[*]}"
	as=()
	if [ "$$(id -u)" != 0 ]; then
	  command -v sudo >/dev/null || {
	    echo "Neither root nor sudo: ask an administrator for: apt-get install $${missing[*]}" >&2
	    exit 77
	  }
	  as=(sudo)
	fi
	# The lists may be old, or absent in a fresh container; without network the ones at hand may do.
	"$${as[@]}" apt-get update -q || echo "The package lists could not be refreshed; trying with those at hand." >&2
	"$${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$${missing[@]}"

build: deps
	@assignments=$$(config/debian/tools/version.sh)
	eval "$$assignments"
	# `screenpop --version` names it.
	if [ -n "$$commit" ]; then export SCREENPOP_COMMIT=$$commit; fi
	for program in $(PROGRAMS); do swift build -c release --static-swift-stdlib --product "$$program"; done

debug: deps
	@swift build

run: debug
	@# Ctrl-C is how it ends: no error of make's.
	BINDIR=.build/debug config/demo/run.sh || [ $$? = 130 ]

# What the metrics are tested with. Unpacked and not installed: installed, it would start as a service.
PROMETHEUS := .build/prometheus
$(PROMETHEUS):
	@rm -rf "$@.new" && mkdir -p "$@.new" && cd "$@.new"
	if apt-get download -q prometheus && dpkg -x prometheus_*.deb . ; then mv "../prometheus.new" "../prometheus"
	else echo "Prometheus could not be fetched: the tests that need it are left out." >&2; fi

# A browser to look at the pages with: Debian's Chromium, driven by Playwright, judged by axe.
BROWSER := .build/browser
BROWSER_PACKAGES := chromium fonts-noto-cjk python3-venv
$(BROWSER)/bin/playwright:
	@python3 -m venv "$(BROWSER)" && "$(BROWSER)/bin/pip" install -q playwright==1.65.2 axe-playwright-python==0.1.8 ||
	  { rm -rf "$(BROWSER)"; echo "Playwright could not be fetched: the tests in the browser are left out." >&2; }

# What checks the description of the interface, and answers by it.
OPENAPI := .build/openapi
$(OPENAPI)/bin/openapi-spec-validator:
	@python3 -m venv "$(OPENAPI)" && "$(OPENAPI)/bin/pip" install -q openapi-spec-validator==0.9.0 jsonschema==4.26.0 ||
	  { rm -rf "$(OPENAPI)"; echo "openapi-spec-validator could not be fetched: its part is left out." >&2; }

# A server of CardDAV, for look-ups in address books.
RADICALE := .build/radicale
$(RADICALE)/bin/radicale:
	@$(MAKE) --no-print-directory deps PACKAGES="python3-venv" || true
	python3 -m venv "$(RADICALE)" && "$(RADICALE)/bin/pip" install -q radicale==3.9.0 ||
	  { rm -rf "$(RADICALE)"; echo "radicale could not be fetched: the tests of address books are left out." >&2; }

test: deps $(PROMETHEUS) $(RADICALE)/bin/radicale
	@rm -rf .build/answers
	# Every answer that a test gets is kept there, and held against the description at the end.
	export SCREENPOP_ANSWERS="$$PWD/.build/answers"
	# Sockets and servers with deadlines of seconds: not beside tests that keep both cores busy for minutes.
	nodes=(NodeLinkTests PostgresLogTests DemoTests)
	servers=(LookupAskerTests LookupPresetTests TLSTests LogAwayTests LimitTests)
	servers+=(DirectoryLookupTests DirectorySignInTests AddressBookLookupTests)
	swift build --build-tests
	swift build --product ClockShift
	tests=(.build/debug/screenpopPackageTests.xctest --testing-library swift-testing)
	"$${tests[@]}" --skip ProcessTests "$${nodes[@]/#/--skip=}" "$${servers[@]/#/--skip=}"
	"$${tests[@]}" "$${nodes[@]/#/--filter=}"
	"$${tests[@]}" --no-parallel "$${servers[@]/#/--filter=}"
	# Daemons as processes, one after another in two lanes: for the most part a test waits for them.
	setsid "$${tests[@]}" --filter 'ProcessTests/[A-E]' > .build/lane.log 2>&1 & lane=$$!
	trap 'kill -- "-$$lane" 2>/dev/null || true' EXIT
	trap 'exit 130' INT
	failed=0
	"$${tests[@]}" --filter ProcessTests --skip 'ProcessTests/[A-E]' || failed=1
	wait "$$lane" || failed=1
	cat .build/lane.log
	[ "$$failed" = 0 ]
	# The browser uses one core, the days that are played the other.
	$(MAKE) --no-print-directory browser
	SHORT=1 $(MAKE) --no-print-directory browser-run & browser=$$!
	trap 'kill "$$browser" 2>/dev/null || true' EXIT
	$(MAKE) --no-print-directory test-simulation
	python3 Tests/Week/week.py --short --programs .build/debug
	python3 Tests/Fuzz/extremes.py --short
	wait "$$browser"
	$(MAKE) --no-print-directory test-openapi ANSWERS_LEAST=15000
	unset SCREENPOP_ANSWERS
	# What depends on the hour or on the machine's zone, by other clocks. A slow machine leaves it to make test-clock.
	if [ "$$SECONDS" -lt 2400 ]; then BINDIR=.build/debug Tests/clock.sh short
	else echo "Left out after $$((SECONDS / 60)) minutes: other clocks (make test-clock)." >&2; fi

# The description by itself, the answers that `make test` kept, and the clients of docs/examples. There have to be as
# many answers as ANSWERS_LEAST says.
ANSWERS_LEAST ?= 0
test-openapi:
	@python3 Tests/OpenAPI/formatting.py --check
	$(MAKE) --no-print-directory deps PACKAGES="python3-venv"
	$(MAKE) --no-print-directory $(OPENAPI)/bin/openapi-spec-validator
	[ -x "$(OPENAPI)/bin/openapi-spec-validator" ] || exit 0
	swift build --product screenpopd
	BINDIR=.build/debug python3 -B Tests/Examples/examples.py
	"$(OPENAPI)/bin/python" Tests/OpenAPI/check.py --answers .build/answers --least $(ANSWERS_LEAST)

# What nobody would send, sent: our own extremes, streams that are broken, and schemathesis by the OpenAPI file.
FUZZ := .build/fuzz
$(FUZZ)/bin/schemathesis:
	@python3 -m venv "$(FUZZ)" && "$(FUZZ)/bin/pip" install -q schemathesis==4.32.5 ||
	  { rm -rf "$(FUZZ)"; echo "schemathesis could not be fetched: its part is left out." >&2; }

test-fuzz: deps
	@$(MAKE) --no-print-directory deps PACKAGES="python3-venv"
	$(MAKE) --no-print-directory $(FUZZ)/bin/schemathesis
	swift build --product screenpopd
	python3 Tests/Fuzz/extremes.py
	python3 Tests/Fuzz/streams.py --count 10000
	[ ! -x "$(FUZZ)/bin/schemathesis" ] || python3 Tests/Fuzz/described.py

# Simulated days, compared with an independent model; the daemon is killed at random. One seed by hand:
# Tests/Independent/simulate.py --seed 7
SEEDS ?= 1-3
test-simulation:
	@swift build --product ClockShift
	swift build --product screenpopd
	exec python3 Tests/Independent/simulate.py --programs .build/debug --seeds $(SEEDS)

# A week of a centre, in which every item is accounted for at the end. WEEK="--seed 7" plays another.
WEEK ?=
test-week:
	@for program in ClockShift screenpopd screenpop; do swift build --product "$$program"; done
	exec python3 Tests/Week/week.py --programs .build/debug $(WEEK)

# Everything by other clocks.
test-clock: deps $(PROMETHEUS)
	@swift build --build-tests
	$(MAKE) --no-print-directory deps PACKAGES="$(BROWSER_PACKAGES)"
	$(MAKE) --no-print-directory $(BROWSER)/bin/playwright
	BINDIR=.build/debug Tests/clock.sh

test-chaos: deps
	@SCREENPOP_CHAOS_SEEDS=10000 swift test --filter 'ChaosTests|HostileFileTests'

browser:
	@$(MAKE) --no-print-directory deps PACKAGES="$(BROWSER_PACKAGES)"
	$(MAKE) --no-print-directory $(BROWSER)/bin/playwright

test-browser: browser
	@swift build --product screenpopd
	swift build --product screenpop
	$(MAKE) --no-print-directory browser-run

browser-run:
	@[ ! -x "$(BROWSER)/bin/playwright" ] || BINDIR=.build/debug "$(BROWSER)/bin/python" Tests/Browser/desk.py

# A real Asterisk on loopback, with phones. The chroot (some 400 MB in /var/tmp/screenpop-pbx) is made once.
test-asterisk: deps
	@if [ "$$(id -u)" != 0 ]; then echo "Left out: Asterisk's chroot needs root (sudo make test-asterisk)." >&2; exit 0; fi
	if ! command -v debootstrap >/dev/null; then
	  echo "Installing the missing Debian packages: debootstrap"
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends debootstrap || {
	    echo "Left out: debootstrap cannot be installed." >&2
	    exit 0
	  }
	fi
	mkdir -p /var/tmp/screenpop-pbx/run
	PBX_TIMESTAMPS=yes PBX_CHANVARS='CALLERID(pres),CTI_DID' Tests/Asterisk/up.sh || {
	  echo "Left out: Asterisk cannot be brought up here." >&2
	  exit 0
	}
	trap Tests/Asterisk/down.sh EXIT
	for program in screenpopd screenpop screenpop-asterisk; do swift build --product "$$program"; done
	PBX_TIMESTAMPS=yes PBX_CHANVARS='CALLERID(pres),CTI_DID' python3 Tests/Asterisk/live.py .build/debug

# Three nodes in network namespaces, under load, while everything fails in turn. One seed by hand:
# Tests/Cluster/cluster.py --seed 7 --faults 200
FAULTS ?= 12
CLUSTER_PACKAGES := postgresql-15 haproxy iproute2
test-cluster: deps
	@if [ "$$(id -u)" != 0 ]; then echo "Left out: network namespaces need root (sudo make test-cluster)." >&2; exit 0; fi
	$(MAKE) --no-print-directory deps PACKAGES="$(CLUSTER_PACKAGES)" || {
	  echo "Left out: PostgreSQL and HAProxy cannot be installed." >&2
	  exit 0
	}
	for program in ClockShift screenpopd screenpop; do swift build --product "$$program"; done
	BINDIR=.build/debug python3 Tests/Cluster/cluster.py --faults $(FAULTS) || [ $$? = 77 ]

test-quick: deps
	@swift test $(addprefix --skip ,$(SLOW_SUITES))

bench: build
	@swift build -c release --static-swift-stdlib --product LookUpBenchmark
	python3 Benchmarks/run.py
	python3 Benchmarks/beside.py
	python3 Benchmarks/cluster.py || [ $$? = 77 ]
	exec python3 Benchmarks/records.py $(RECORDS)

bench-append: deps
	@swift build -c release --static-swift-stdlib --product AppendBenchmark
	exec python3 Benchmarks/append.py

clean:
	@swift package clean

# Packages of what `make build` has built, or of the programs that BINDIR names.
DEB_PACKAGES := chrpath debhelper pkgconf po-debconf python3 systemd
deb: $(if $(filter file,$(origin BINDIR)),build)
	@$(MAKE) --no-print-directory deps PACKAGES="$(DEB_PACKAGES)"
	config/debian/tools/build.sh "$(BINDIR)" "$(DEBDIR)"

# The packages, made twice, judged by lintian, installed, upgraded and purged in a chroot of Debian's own, which is made
# once (some 300 MB in /var/tmp/screenpop-deb).
test-deb: $(if $(filter file,$(origin BINDIR)),build)
	@if [ "$$(id -u)" != 0 ]; then echo "Left out: a chroot needs root (sudo make test-deb)." >&2; exit 0; fi
	$(MAKE) --no-print-directory deps PACKAGES="$(DEB_PACKAGES) debootstrap lintian" || {
	  echo "Left out: debhelper, lintian and debootstrap cannot be installed." >&2
	  exit 0
	}
	python3 Tests/Packages/packages.py "$(BINDIR)"

# Plain files, which any server serves and a browser opens from the disk. With programs, their manual pages too.
site:
	@$(MAKE) --no-print-directory deps PACKAGES="cmark-gfm mandoc python3"
	manuals=()
	if [ -x "$(BINDIR)/screenpop" ] && [ -x "$(BINDIR)/screenpop-asterisk" ]; then
	  rm -rf .build/manuals
	  python3 -B config/debian/tools/manpages.py "$(BINDIR)" .build/manuals
	  manuals=(--manuals .build/manuals)
	else
	  echo "The manual pages are left out: there are no programs in $(BINDIR)." >&2
	fi
	python3 -B config/site/site.py .build/site "$${manuals[@]}"

sbom:
	@assignments=$$(config/debian/tools/version.sh)
	eval "$$assignments"
	swift=$$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p')
	[ -e Package.resolved ] || swift package resolve >&2
	config/debian/tools/sbom.py --version "$$version" --commit "$$commit" --epoch "$$epoch" --swift "$$swift" \
	  --checkouts .build/checkouts

# What install and uninstall share. The manifest lists every installed file with its checksum: that is what makes
# uninstall exact, whichever version is checked out by then, and how an edited configuration is told from ours.
define INSTALLATION
manifest=$$DESTDIR$$PREFIX/share/screenpop/manifest

# Removes the files of manifest $$1 that are not in manifest $$2; an edited configuration stays.
remove_installed() {
  while IFS= read -r line; do
    sum=$${line%%  *} path=$${line#*  }
    if lists "$$2" "$$path"; then continue; fi
    [ -e "$$DESTDIR$$path" ] || continue
    case $$path in
      /etc/*)
        if [ "$$(checksum "$$DESTDIR$$path")" != "$$sum" ]; then
          echo "kept $$path: it was edited"
          continue
        fi ;;
    esac
    rm -f -- "$$DESTDIR$$path"
  done < "$$1"
}

# Whether manifest $$1 has the path $$2. Not with -q: grep would leave at the first match, and cut, when it still
# writes, would die of that and fail the pipe: the file would seem not to be listed.
lists() { cut -d ' ' -f 3- < "$$1" | grep -xF -- "$$2" > /dev/null; }

checksum() { sha256sum < "$$1" | cut -d ' ' -f 1; }

# On the running system and not in somebody's package.
is_live() { [ -z "$$DESTDIR" ] && [ "$$(id -u)" = 0 ]; }
has_manager() { [ -d /run/systemd/system ]; }
endef
export INSTALLATION

# To install from alone: what runs the tests has programs of its own.
install: export BINDIR := $(BINDIR)
install:
	@eval "$$INSTALLATION"
	case $$PREFIX in /*[[:space:]]*|[!/]*|'')
	  echo "PREFIX must be an absolute path without spaces, as it becomes part of the units" >&2
	  exit 1;;
	esac
	for program in $(PROGRAMS); do
	  [ -x "$$BINDIR/$$program" ] || {
	    echo "$$BINDIR/$$program is missing: run 'make build' first, as yourself" >&2
	    exit 1
	  }
	done
	work=$$(mktemp -d)
	trap 'rm -rf -- "$$work"' EXIT
	touch "$$work/list" "$$work/before"
	if [ -e "$$manifest" ]; then cp -- "$$manifest" "$$work/before"; fi
	if is_live && dpkg-query -S "$$PREFIX/bin/screenpopd" >/dev/null 2>&1; then
	  echo "$$PREFIX/bin/screenpopd is a package's: upgrade the package (make deb), or remove it first" >&2
	  exit 1
	fi

	put() {
	  install -D -m "$$1" -- "$$2" "$$DESTDIR$$3"
	  printf '%s  %s\n' "$$(checksum "$$DESTDIR$$3")" "$$3" >> "$$work/list"
	}
	# A configuration that somebody edited stays; the new default is put beside it.
	put_config() {
	  if [ ! -e "$$DESTDIR$$2" ] || grep -qxF -- "$$(checksum "$$DESTDIR$$2")  $$2" "$$work/before"; then
	    put 0640 "$$1" "$$2"
	    return
	  fi
	  grep -E "^[0-9a-f]{64}  $${2//./\\.}$$" "$$work/before" >> "$$work/list" || true
	  if ! cmp -s -- "$$1" "$$DESTDIR$$2"; then
	    put 0640 "$$1" "$$2.new"
	    echo "kept $$2; the new default is $$2.new"
	  fi
	}

	# Debug symbols are most of a program. They stand apart, where gdb and perf look for them.
	put_program() {
	  if [ "$$STRIP" != no ] && objcopy --only-keep-debug "$$BINDIR/$$1" "$$work/$$1.debug" 2>/dev/null &&
	    (cd "$$work" && objcopy --strip-debug --add-gnu-debuglink="$$1.debug" "$$binaries/$$1" "$$1"); then
	    put 0755 "$$work/$$1" "$$PREFIX/bin/$$1"
	    put 0644 "$$work/$$1.debug" "$$PREFIX/lib/debug$$PREFIX/bin/$$1.debug"
	  else
	    put 0755 "$$BINDIR/$$1" "$$PREFIX/bin/$$1"
	  fi
	}
	binaries=$$(cd "$$BINDIR" && pwd)
	for program in $(PROGRAMS); do put_program "$$program"; done

	for unit in systemd/*.service systemd/*.socket systemd/*.timer; do
	  sed -e "s|/usr/bin/screenpop|$$PREFIX/bin/screenpop|" -e "s|file:/usr/share/|file:$$PREFIX/share/|" \
	    "$$unit" > "$$work/unit"
	  put 0644 "$$work/unit" "$$PREFIX/lib/systemd/system/$${unit##*/}"
	done
	for file in systemd/sysusers.d/*.conf; do put 0644 "$$file" "$$PREFIX/lib/sysusers.d/$${file##*/}"; done
	for file in systemd/tmpfiles.d/*.conf; do put 0644 "$$file" "$$PREFIX/lib/tmpfiles.d/$${file##*/}"; done

	for file in config/*.toml config/*.txt; do
	  if [ -f "$$file" ]; then put_config "$$file" "/etc/screenpop/$${file##*/}"; fi
	done

	put 0644 LICENSE "$$PREFIX/share/doc/screenpop/LICENSE"
	if [ -f README.md ]; then put 0644 README.md "$$PREFIX/share/doc/screenpop/README.md"; fi
	if [ -d docs ]; then
	  while IFS= read -r -d '' file; do
	    put 0644 "$$file" "$$PREFIX/share/doc/screenpop/$${file#docs/}"
	  done < <(find docs -type f ! -name '.*' ! -path docs/README.md -print0 | sort -z)
	fi

	for file in config/cluster/*; do put 0644 "$$file" "$$PREFIX/share/doc/screenpop/cluster/$${file##*/}"; done
	for file in config/intake/*; do put 0644 "$$file" "$$PREFIX/share/doc/screenpop/intake/$${file##*/}"; done
	put 0644 config/3cx-crm-template.xml "$$PREFIX/share/doc/screenpop/3cx-crm-template.xml"
	for file in config/lookup/*; do put 0644 "$$file" "$$PREFIX/share/doc/screenpop/lookup/$${file##*/}"; done
	for file in config/freeswitch/*; do put 0644 "$$file" "$$PREFIX/share/doc/screenpop/freeswitch/$${file##*/}"; done

	for file in Sources/Web/Pages/*.* Sources/Web/OpenAPI/*.json; do
	  [ -e "$$file" ] || continue
	  folder=$${file%/*} folder=$${folder##*/}
	  put 0644 "$$file" "$$PREFIX/share/screenpop/$${folder,,}/$${file##*/}"
	done

	# Debian's zsh looks for completions elsewhere under /usr than under any other prefix.
	zsh=$$PREFIX/share/zsh/site-functions
	if [ "$$PREFIX" = /usr ]; then zsh=/usr/share/zsh/vendor-completions; fi
	# Read by a shell and not run: without the line that says by what.
	"$$BINDIR/screenpop" --generate-completion-script bash | sed '1{/^#!/d}' > "$$work/bash"
	"$$BINDIR/screenpop" --generate-completion-script zsh > "$$work/zsh"
	put 0644 "$$work/bash" "$$PREFIX/share/bash-completion/completions/screenpop"
	put 0644 "$$work/zsh" "$$zsh/_screenpop"

	# Each program says what its manual has.
	if command -v python3 >/dev/null; then
	  python3 -B config/debian/tools/manpages.py "$$BINDIR" "$$work/man"
	  for file in "$$work"/man/man?/*; do put 0644 "$$file" "$$PREFIX/share/man/$${file#"$$work/man/"}"; done
	else
	  echo "The manual pages are left out: python3 is missing." >&2
	fi

	# What an older version had and this one has not.
	remove_installed "$$work/before" "$$work/list"
	install -D -m 0644 -- "$$work/list" "$$manifest"

	if is_live; then
	  systemd-sysusers "$$PREFIX"/lib/sysusers.d/screenpop*.conf
	  systemd-tmpfiles --create "$$PREFIX"/lib/tmpfiles.d/screenpop*.conf
	  if has_manager; then systemctl daemon-reload; fi
	  echo "Installed. Look through /etc/screenpop/screenpopd.toml, then: systemctl enable --now screenpopd"
	fi

uninstall:
	@eval "$$INSTALLATION"
	[ -e "$$manifest" ] || { echo "Nothing was installed here: there is no $$manifest" >&2; exit 1; }
	if is_live && has_manager; then
	  systemctl disable --now screenpop-backup.timer screenpop-asterisk.service \
	    screenpop-freeswitch.service screenpopd.service \
	    screenpop-events.socket screenpop-http.socket screenpop-api.socket
	fi
	remove_installed "$$manifest" /dev/null
	rm -f -- "$$manifest"
	# Our own folders, when nothing of anybody's is in them.
	for folder in "$$PREFIX/share/doc/screenpop" "$$PREFIX/share/screenpop" "$$PREFIX/lib/debug$$PREFIX" /etc/screenpop; do
	  if [ -d "$$DESTDIR$$folder" ]; then find "$$DESTDIR$$folder" -depth -type d -empty -delete; fi
	done
	if is_live && has_manager; then systemctl daemon-reload; fi
	for folder in /etc/screenpop /var/lib/screenpop /var/backups/screenpop; do
	  if [ -e "$$DESTDIR$$folder" ]; then echo "Remains, yours to remove: $$folder"; fi
	done
	if is_live && getent passwd screenpop >/dev/null; then
	  echo "Remain, as files may still be theirs: the users screenpop, screenpop-asterisk and screenpop-freeswitch," \
	    "the group screenpop-events"
	fi
