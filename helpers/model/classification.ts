import { cwe } from '../../fixtures/cwe.ts'
import type { Guidance } from '../../fixtures/guidance/index.ts'

/**
 * Where else it is required, and what a violation is called: "OWASP ASVS 5.0 V10.4.6", "CWE-345 (Insufficient Verification of Data
 * Authenticity)".
 */
export const classificationOf = ({ asvs = [], cwe: weaknesses = [] }: Guidance): string[] => [
  ...asvs.map((number) => `OWASP ASVS 5.0 V${number}`),
  ...weaknesses.map((number) => `CWE-${number} (${cwe[number]})`),
]
