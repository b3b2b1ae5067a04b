#!/bin/sh
# Takes out of /app what no service needs when it runs. Its licences stay.
set -eu
cd /app

# What the page was built of, and tests.
rm -rf event-viewer/web/app event-viewer/web/public event-viewer/web/nuxt.config.ts event-viewer/web/tsconfig.json scripts shared/testing
find event-* shared deployment -type d -name testing -not -path '*/node_modules/*' -prune -exec rm -rf {} +

# Descriptions of types, maps to sources, documentation; what the city was made of.
find node_modules/.pnpm -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' -o -iname '*.md' -o -name '*.tsbuildinfo' \) \
  -not -iname 'licen[sc]e*' -not -iname 'notice*' -delete
rm -rf node_modules/.pnpm/@mapbox+mvt-fixtures@*

# Node itself is in /usr/local/bin.
rm -rf node_modules/.pnpm/node-linux-* node_modules/node-linux-* node_modules/.bin
