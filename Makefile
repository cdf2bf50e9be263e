# `make help` says what each goal does. Everything built lands in artifacts/.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help build test test-native demo run fmt bench fuzz soak faults pack api interop clean

DOTNET_CLI_TELEMETRY_OPTOUT := 1
DOTNET_NOLOGO := 1
export DOTNET_CLI_TELEMETRY_OPTOUT DOTNET_NOLOGO

PROGRAM := artifacts/bin/miltercrypt
CONFIG ?= miltercrypt.yaml
# What `make bench` measures: rate, milter, idle, openpgp, custody, bulk, memory, all when empty; short for a quick look.
BENCH ?=

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

build: ## the program as it is shipped: artifacts/bin/miltercrypt, which needs no .NET on the machine
	dotnet publish src/MilterCrypt -c Release -o artifacts/lib/miltercrypt -v quiet --nologo -clp:NoSummary
	@mkdir -p artifacts/bin
	@ln -sfn ../lib/miltercrypt/miltercrypt $(PROGRAM)
	@echo "built $(PROGRAM)"

test: ## all tests, those with real Postfix, Sendmail and gpg too (installs them from Debian; root or sudo)
	@tests/install-debian.sh test
	@$(MAKE) --no-print-directory build
	@tests/run.sh

test-native: ## the calls into C libraries under valgrind: memory that is not ours, or not given back (three minutes)
	@tests/install-debian.sh native
	@dotnet build tests/MilterCrypt.Native.Tests -v quiet --nologo -clp:NoSummary
	@tests/test-native.sh

demo: ## one real message through a private Postfix and MilterCrypt, opened with gpg (root or sudo)
	@tests/install-debian.sh demo
	@$(MAKE) --no-print-directory build
	@dotnet build tests/MilterCrypt.Demo -v quiet --nologo -clp:NoSummary
	@tests/as-root.sh dotnet artifacts/dotnet/bin/MilterCrypt.Demo/debug/MilterCrypt.Demo.dll

run: build ## the daemon in the foreground: make run CONFIG=miltercrypt.yaml
	$(PROGRAM) serve --config $(CONFIG)

fmt: ## formats the C# code as .editorconfig says
	dotnet format MilterCrypt.sln

bench: ## speed and memory beside a C filter and gpg, as ratios (root or sudo; several minutes)
	@tests/install-debian.sh test
	@$(MAKE) --no-print-directory build
	@dotnet build tests/MilterCrypt.Benchmarks -c Release -v quiet --nologo -clp:NoSummary
	@tests/as-root.sh dotnet artifacts/dotnet/bin/MilterCrypt.Benchmarks/release/MilterCrypt.Benchmarks.dll $(BENCH)

fuzz: ## hostile bytes for every parser, guided by the branches they take: FUZZ_SECONDS=60 for each, FUZZ_TARGET=one, FUZZ_SEED
ifeq ($(FUZZ_TARGET),differential)
	@dotnet build tests/MilterCrypt.OpenPgp.Tests -v quiet --nologo -clp:NoSummary
	@rm -f artifacts/fuzz/differential/report.txt; FUZZ_SECONDS=$(or $(FUZZ_SECONDS),60) dotnet artifacts/dotnet/bin/MilterCrypt.OpenPgp.Tests/debug/MilterCrypt.OpenPgp.Tests.dll \
		-noLogo -noColor -class MilterCrypt.OpenPgp.Tests.Hostile.Differential.DifferentialTests; \
		result=$$?; cat artifacts/fuzz/differential/report.txt 2>/dev/null; exit $$result
else
	@dotnet build tests/MilterCrypt.Fuzz -c Release -v quiet --nologo -clp:NoSummary
	@rm -rf artifacts/fuzz-bin && cp -r artifacts/dotnet/bin/MilterCrypt.Fuzz/release artifacts/fuzz-bin
	@dotnet artifacts/dotnet/bin/MilterCrypt.Fuzz/release/MilterCrypt.Fuzz.dll instrument artifacts/fuzz-bin
	@dotnet artifacts/fuzz-bin/MilterCrypt.Fuzz.dll
endif

soak: ## a million messages through the daemon, with flat memory: SOAK_MESSAGES=1000000, SOAK_SESSIONS=32
	@tests/install-debian.sh demo
	@$(MAKE) --no-print-directory build
	@dotnet build tests/MilterCrypt.Soak -c Release -v quiet --nologo -clp:NoSummary
	@dotnet artifacts/dotnet/bin/MilterCrypt.Soak/release/MilterCrypt.Soak.dll

faults: ## messages that are split while things fail, and how often they come: FAULTS_RUNS=2000, FAULTS_SEED=0 (root or sudo; some minutes)
	@tests/install-debian.sh test
	@$(MAKE) --no-print-directory build
	@dotnet build tests/MilterCrypt.Faults -c Release -v quiet --nologo -clp:NoSummary
	@tests/as-root.sh dotnet artifacts/dotnet/bin/MilterCrypt.Faults/release/MilterCrypt.Faults.dll

pack: ## the libraries as NuGet packages: artifacts/packages
	@rm -rf artifacts/packages
	@for library in Milter Native OpenPgp; do \
		dotnet pack src/MilterCrypt.$$library -c Release -p:DebugType=portable -o artifacts/packages -v quiet --nologo -clp:NoSummary || exit; \
	done
	@ls artifacts/packages

api: ## takes the libraries' public API, as it is now, for agreed on: tests/*/Api/*.txt
	@for library in Milter OpenPgp; do \
		dotnet build tests/MilterCrypt.$$library.Tests -v quiet --nologo -clp:NoSummary && \
		ACCEPT_API=1 dotnet artifacts/dotnet/bin/MilterCrypt.$$library.Tests/debug/MilterCrypt.$$library.Tests.dll \
			-noLogo -noColor -class MilterCrypt.$$library.Tests.Api.ApiTests || exit; \
	done
	@git diff --stat -- 'tests/*/Api/*.txt'

interop: ## asks every other OpenPGP program, and writes docs/interop.md anew (root or sudo)
	@tests/install-debian.sh test
	@dotnet build tests/MilterCrypt.OpenPgp.Tests -v quiet --nologo -clp:NoSummary
	@ACCEPT_INTEROP=1 tests/as-root.sh dotnet artifacts/dotnet/bin/MilterCrypt.OpenPgp.Tests/debug/MilterCrypt.OpenPgp.Tests.dll \
		-noLogo -noColor -class MilterCrypt.OpenPgp.Tests.Interop.InteropTests
	@git diff --stat -- docs/interop.md

clean: ## removes artifacts/
	@[ ! -e artifacts/trixie ] || tests/as-root.sh rm -rf artifacts/trixie
	rm -rf artifacts
