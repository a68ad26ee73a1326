# Weir. `make demo` shows it, `make test` proves it; the rest is for developers.
GO      ?= go
BIN     := bin
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
FUZZTIME ?= 5s
CORPUS  ?=
export CGO_ENABLED ?= 0
# The experiment of vector instructions where the tool chain has it for this
# processor; GOEXPERIMENT= builds without.
export GOEXPERIMENT ?= $(shell GOEXPERIMENT=simd $(GO) list simd/archsimd >/dev/null 2>&1 && test "$$($(GO) env GOARCH)" = amd64 && echo simd)

.PHONY: build test test-all deps demo check race fuzz hostile hostile-load bench bench-detect bench-worst corpus handover clean

build: ## the three programs, into bin/
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN)/ ./cmd/weir ./cmd/weir-cloud ./cmd/weir-demo

demo: build ## node, cloud and sample tenants on this machine; Ctrl-C ends it
	$(BIN)/weir-demo

test: ## needs Go and Node.js only
	$(GO) vet ./...
	$(GO) test ./...

test-all: build check race hostile fuzz ## everything; run `make deps` before
	$(BIN)/weir-demo -check

deps: ## what test-all needs beyond Go and Node.js (Debian)
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends gcc libc6-dev nginx-light

check: ## formatting, vet, module files
	@out=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$out" || { echo "gofmt would change: $$out"; exit 1; }
	$(GO) vet ./...
	$(GO) mod tidy -diff
	$(GO) mod verify

race: ## the tests under the race detector
	CGO_ENABLED=1 $(GO) test -race ./...

hostile: ## what hostile clients and upstreams can do, before Go's, Node's and Debian's servers
	$(GO) test -count=1 -tags hostile ./proxy ./tenant

hostile-load: build ## 500 greedy and 10 000 slow connections: memory, another client's latency
	$(GO) build -o $(BIN)/hostile ./bench/hostile
	$(BIN)/hostile -weir $(BIN)/weir

fuzz: ## each fuzz target for FUZZTIME
	@set -e; for f in $$(git ls-files '*_test.go' | xargs grep -l '^func Fuzz'); do \
	  for t in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' $$f); do \
	    echo "fuzz ./$$(dirname $$f) $$t"; \
	    $(GO) test ./$$(dirname $$f) -run '^$$' -fuzz "^$$t\$$" -fuzztime $(FUZZTIME); \
	  done; \
	done

bench: ## the detector alone, and the node beside a plain proxy, as ratios
	$(GO) test ./detect -run '^$$' -bench . -skip Worst -benchmem -cpu 1
	$(GO) test ./bench -run "^$$" -bench . -benchmem -cpu 2

bench-worst: ## a search for requests of 8 KiB that cost the most CPU
	$(GO) test ./detect -run '^$$' -bench Worst -benchtime 1x -cpu 1 -timeout 30m

bench-detect: ## the detector beside Coraza with the Core Rule Set: CPU and catch; CORPUS=file or our own requests
	cd bench/peers && $(GO) run . $(if $(CORPUS),-corpus $(abspath $(CORPUS)))

corpus: build ## CORPUS=file.jsonl.zst: in process and through a node, compared
	$(BIN)/weir replay $(CORPUS)
	WEIR_CORPUS=$(abspath $(CORPUS)) $(GO) test ./cmd -run TestCorpus -count=1 -v -timeout 30m

handover: ## 50 reloads and a successor on the same port under 2000 requests a second
	WEIR_HANDOVER_RATE=2000 $(GO) test ./cmd -run '^TestHandOver$$' -count=1 -v

clean:
	rm -rf $(BIN)
