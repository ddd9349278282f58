#!/usr/bin/env node
// Syntax that old versions of Node understand, so that the message reaches their users.
var version = /^(\d+)\.(\d+)/.exec(process.versions.node) || []
if (Number(version[1]) < 20 || (Number(version[1]) === 20 && Number(version[2]) < 19)) {
  process.stderr.write('simple-oauth-contract needs Node.js 20.19 or newer; this is ' + process.version + '.\n')
  process.stdout.write('0 passed, 0 failed, 0 skipped\n')
  process.exitCode = 2
} else {
  void import('./start.js')
}
