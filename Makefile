# The two commands a newcomer needs are `make run` and `make test`. See README.md.
.PHONY: run web test check fuzz fmt clean

## run: build the release binary and start Alo with a demo company in ./data
run:
	scripts/deps.sh build
	scripts/web.sh build
	cargo build --release --locked -p server
	./target/release/alo serve

## web: build the console into web/dist, from where the next build of the binary takes it
web:
	scripts/deps.sh build
	scripts/web.sh build

## test: every check and every test
test:
	scripts/test.sh

## check: format, lints, architecture rules, licences
check:
	cargo xtask check

## fuzz: the parsers under libFuzzer, a minute each (docs/security.md)
fuzz:
	scripts/fuzz.sh

## fmt: format the sources
fmt:
	cargo fmt --all
	cd web && npm run -s fmt

## clean: remove what was built; ./data stays
clean:
	cargo clean
