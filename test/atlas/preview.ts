import { writeFileSync } from 'node:fs'
import { collect } from '../../helpers/plan/collect.ts'
import { readReleases } from '../../helpers/command/compare-inputs.ts'
import { atlasOf, atlasSections, unexplained } from './atlas.ts'
import { readRecords } from './recorded-runs.ts'
const { checks } = await collect()
const releases = readReleases()
const records = readRecords(new URL('file:///tmp/fivetwo-rec/'))
const atlas = atlasOf(records, checks, releases)
writeFileSync('/tmp/fivetwo-atlas.md', atlasSections(atlas, releases))
console.log(unexplained(atlas).join('\n'))
