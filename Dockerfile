# The `callgrid` command, with nothing that only its development needs. Functions are mounted below /app, or copied there
# by an image that begins with this one: see examples/containers.
#
#   docker build -t callgrid .
#   docker run --rm callgrid doctor --url redis://redis.example:6379
#
# Behind a mirror of npm's registry: docker build --build-arg NPM_CONFIG_REGISTRY=https://… -t callgrid .

# Only what the packages need, so that a change of their source does not install them again.
FROM node:20-bookworm-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages packages
RUN find packages -type f ! -name package.json -delete && find packages -type d -empty -delete

# With tsx, a dependency of the repository: this Node loads no TypeScript by itself.
FROM node:20-bookworm-slim AS dependencies
ARG NPM_CONFIG_REGISTRY
WORKDIR /app
COPY --from=manifests /app ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:20-bookworm-slim AS build
ARG NPM_CONFIG_REGISTRY
WORKDIR /app
COPY --from=manifests /app ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.base.json ./
COPY packages packages
COPY README.md ./
COPY scripts/bundle*.mjs scripts/
RUN npx tsc -b && node scripts/bundle.mjs

# The first process of a container has to pass signals on, and to reap what its children leave.
FROM node:20-bookworm-slim AS init
RUN apt-get update && apt-get install -y --no-install-recommends tini

FROM node:20-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production CALLGRID_HEALTH_PORT=9464 CALLGRID_HEALTH_HOST=0.0.0.0
COPY --from=init /usr/bin/tini-static /usr/local/bin/tini
COPY --from=dependencies /app ./
COPY --from=build /app/packages/callgrid/bundle packages/callgrid/bundle
RUN ln -s /app/packages/callgrid/bundle/bin.js /usr/local/bin/callgrid
USER node
EXPOSE 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.CALLGRID_HEALTH_PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--", "callgrid"]
CMD ["--help"]
