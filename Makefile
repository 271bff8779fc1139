# check   everything that must hold before a commit: lint, build without warnings, test
# build   the optimised command at .build/release/varve
# test    the test suite
# lint    formatting and the walls between the modules
# format  formats the sources in place
# hooks   runs `make lint` before every commit

.PHONY: check build test lint format hooks

check: lint
	VARVE_WARNINGS=error Scripts/test

build:
	Scripts/setup
	swift build -c release --static-swift-stdlib --product varve

test:
	Scripts/test

lint:
	swift format lint --strict --parallel --recursive Package.swift Sources Tests Benchmarks
	@! grep -rlE '^ *((internal|public|package|private|fileprivate) )?import CSQLite' Sources Tests Benchmarks --include='*.swift' \
		| grep -vE '^Sources/Storage/(SQLite/|Store\.swift)' \
		|| { echo 'lint: only Sources/Storage/SQLite may import CSQLite' >&2; exit 1; }
	@! grep -rlE '^ *((internal|public|package|private|fileprivate) )?import Storage' Sources/Runner Sources/Analysis --include='*.swift' \
		| grep -vE '^Sources/Runner/(Experiment|Sweep|SweepLedger|Verification|Verifier|StoredDataset|StoredWeights)\.swift' \
		|| { echo 'lint: in Runner only the bridge to the store imports Storage' >&2; exit 1; }
	@! grep -rnE '^ *((internal|public|package|private|fileprivate) )?import (Runner|Analysis)' Sources/Storage Sources/Analysis --include='*.swift' \
		|| { echo 'lint: imports run down only' >&2; exit 1; }

format:
	swift format --in-place --parallel --recursive Package.swift Sources Tests Benchmarks

hooks:
	printf '#!/bin/sh\nexec make lint\n' > .git/hooks/pre-commit
	chmod +x .git/hooks/pre-commit
