# check   everything that must hold before a commit: lint, build without warnings, test
# build   the optimised command at .build/release/varve
# test    the test suite
# lint    formatting, the walls between the modules, and the description of the schema
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
	swift format lint --strict --parallel --recursive Package.swift Sources Tests Benchmarks Examples
	Scripts/walls
	Scripts/schema --check

format:
	swift format --in-place --parallel --recursive Package.swift Sources Tests Benchmarks Examples

hooks:
	printf '#!/bin/sh\nexec make lint\n' > .git/hooks/pre-commit
	chmod +x .git/hooks/pre-commit
