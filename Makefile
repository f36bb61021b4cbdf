# make run      build and do the main job on a recorded capture
# make test     everything that must pass before a commit, short fuzzing included
# make help     the other targets

GO      ?= go
BIN     := bin/ikescope
SAMPLE  := pcaps/samples/mm-psk-3des-sha1-modp1024
PREFIX  ?= /usr/local
VCS     := $(shell git rev-parse HEAD >/dev/null 2>&1 && echo true || echo false)

FUZZ_SHORT ?= 80 # seconds of fuzzing in make test, all targets together
FUZZ_LONG  ?= 60 # seconds for each target in make fuzz

.PHONY: build run test unit fuzz fuzz-short race vet lint cross cover bench man install clean help

build: ## build bin/ikescope
	$(GO) build -trimpath -buildvcs=$(VCS) -o $(BIN) ./cmd/ikescope

run: build ## report on a recorded capture, decrypt it, and say what to do next
	@sh .ci/demo $(BIN) $(SAMPLE) out

test: unit fuzz-short ## all tests, then some seconds of fuzzing

unit:
	$(GO) test ./...

fuzz-short:
	@sh .ci/fuzz --total $(FUZZ_SHORT)

fuzz: ## fuzz each target for FUZZ_LONG seconds
	@sh .ci/fuzz --each $(FUZZ_LONG)

race: ## tests with the race detector (slow)
	$(GO) test -race -short ./...

vet:
	$(GO) vet ./...

lint: vet ## gofmt, go vet, staticcheck, govulncheck
	@sh .ci/lint

cross: ## go vet for another system, 32 bits and another processor; the paths without assembly tested
	GOOS=windows GOARCH=386 $(GO) vet ./...
	GOOS=darwin GOARCH=arm64 $(GO) vet ./...
	$(GO) build -tags purego ./...
	$(GO) test -tags purego ./esp/...

cover: ## test coverage by package, and as out/cover.html
	@mkdir -p out
	$(GO) test -short -coverprofile=out/cover.out ./...
	$(GO) tool cover -html=out/cover.out -o out/cover.html
	@$(GO) tool cover -func=out/cover.out | tail -1

bench: build ## speed and memory of decrypt beside cat, tshark and itself; kernels beside Go, OpenSSL and intel-ipsec-mb
	$(GO) run ./bench/measure -ikescope $(BIN) $(BENCHFLAGS)
	@echo
	@$(GO) run -tags "$$(sh .ci/peers | tr '\n' ' ')" ./bench/kernels

man: build ## manual pages into out/man
	@mkdir -p out/man
	$(BIN) man out/man

install: build man ## install into PREFIX (/usr/local)
	install -D -m 755 $(BIN) $(DESTDIR)$(PREFIX)/bin/ikescope
	install -d $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 out/man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1/

clean: ## remove what the other targets made
	rm -rf bin out

help:
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 14
