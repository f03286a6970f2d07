# What a newcomer types: `make test`. Works from a path with spaces, run twice, and offline once the packages are there.
SHELL := /bin/bash
PACKAGES := libphonenumber-dev libicu-dev libsqlite3-dev libsystemd-dev systemd socat python3

.PHONY: help deps build test clean

help:
	@echo 'make deps   install the Debian packages that are missing'
	@echo 'make build  build the three programs, optimised'
	@echo 'make test   run the whole suite'
	@echo 'make clean  remove what was built'

deps:
	@missing=; for p in $(PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'install ok installed' || missing="$$missing $$p"; done; \
	[ -z "$$missing" ] && exit 0; \
	echo "Installing the missing Debian packages:$$missing"; \
	as=; [ "$$(id -u)" = 0 ] || { command -v sudo >/dev/null || { echo "Run as root, or install:$$missing" >&2; exit 77; }; as=sudo; }; \
	$$as apt-get update -q && DEBIAN_FRONTEND=noninteractive $$as apt-get install -y -q --no-install-recommends $$missing

build: deps
	swift build -c release

test: deps
	swift test

clean:
	swift package clean
