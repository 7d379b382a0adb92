# One image for each service: docker build --build-arg SERVICE=payment -t estore/payment .
#
# The programs are compiled here, in layers that keep the dependencies of one build for the next. `./dev images` compiles them
# outside, which is faster, and gives them as the context, with --build-arg PROGRAMS=prebuilt.

ARG RUST=1.95-slim-bookworm
ARG PROGRAMS=compile

FROM docker.io/library/rust:${RUST} AS chef
RUN apt-get update && apt-get install -y --no-install-recommends cmake g++ make && rm -rf /var/lib/apt/lists/*
RUN cargo install --locked cargo-chef@0.1.78 cargo-auditable@0.7.7
WORKDIR /build

FROM chef AS plan
COPY . .
RUN cargo chef prepare --recipe-path recipe.json

FROM chef AS compile
COPY --from=plan /build/recipe.json .
RUN cargo chef cook --profile dist --locked --workspace --recipe-path recipe.json
COPY . .
# The list of what each program is made of is in it (`cargo audit bin` reads it).
RUN cargo auditable build --profile dist --locked --workspace --bins
RUN sh scripts/images/layout.sh target/dist /out

# A directory for each service, with `estore` in it.
FROM scratch AS prebuilt
COPY . /out/

FROM ${PROGRAMS} AS programs

# glibc and certificates; no shell, no package manager; user 65532.
FROM gcr.io/distroless/cc-debian12:nonroot
ARG SERVICE
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="estore-${SERVICE}" \
      org.opencontainers.image.description="E-Store: a shop that loses no order" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=programs /out/${SERVICE}/ /
# The allocator would ask for huge pages, of which a small service fills little, and keep for a while what was freed: twice the
# memory for nothing.
ENV MIMALLOC_ALLOW_THP=0 MIMALLOC_PURGE_DELAY=0
USER 65532:65532
ENTRYPOINT ["/estore"]
