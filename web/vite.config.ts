import react from '@vitejs/plugin-react'
import { type Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

// One build per page, so that the small chat page never shares a chunk with the desk's component library.
const folder = (name: string) => new URL(name, import.meta.url).pathname

/** What a phone fetches before the first message shows, over a bad network. */
const MOST_FIRST_LOAD_BYTES = 100_000

async function zipped(content: string | Uint8Array): Promise<number> {
  const stream = new Blob([content as BlobPart]).stream().pipeThrough(new CompressionStream('gzip'))
  return (await new Response(stream).arrayBuffer()).byteLength
}

/** Fails the chat's build when its first load has grown too heavy. */
function budget(): Plugin {
  return {
    name: 'first-load-budget',
    async generateBundle(_, bundle) {
      const parts = Object.values(bundle).filter((one) => !('isDynamicEntry' in one && one.isDynamicEntry) && !one.fileName.endsWith('.map'))
      const sizes = await Promise.all(parts.map((one) => zipped(one.type === 'chunk' ? one.code : one.source)))
      const bytes = sizes.reduce((sum, size) => sum + size, 0)
      if (bytes > MOST_FIRST_LOAD_BYTES) this.error(`first load ${bytes} bytes gzip, at most ${MOST_FIRST_LOAD_BYTES}`)
      this.info(`first load ${bytes} bytes gzip of ${MOST_FIRST_LOAD_BYTES}`)
    },
  }
}

export default defineConfig(({ mode }) => {
  const page = mode === 'desk' ? 'desk' : 'chat'
  return {
    root: mode === 'test' ? folder('.') : folder(page),
    base: `/${page}/`,
    plugins: [react(), ...(page === 'chat' ? [budget()] : [])],
    build: {
      outDir: folder(`dist/${page}`),
      emptyOutDir: true,
      // The chat opens inside WeChat on phones of 2020 and older; the desk runs in an office browser.
      target: page === 'chat' ? ['es2018', 'chrome87', 'safari14'] : 'es2022',
      cssTarget: page === 'chat' ? ['chrome87', 'safari14'] : undefined,
      chunkSizeWarningLimit: page === 'chat' ? 320 : 1600,
    },
    server: { proxy: { '/api': { target: 'http://127.0.0.1:8000', ws: true }, '/t': 'http://127.0.0.1:8000' } },
    test: { include: ['test/**/*.test.{ts,tsx}'], environment: 'node' },
  }
})
