import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

// One build per page, so that the small chat page never shares a chunk with the desk's component library.
const folder = (name: string) => new URL(name, import.meta.url).pathname

export default defineConfig(({ mode }) => {
  const page = mode === 'desk' ? 'desk' : 'chat'
  return {
    root: mode === 'test' ? folder('.') : folder(page),
    base: `/${page}/`,
    plugins: [react()],
    build: {
      outDir: folder(`dist/${page}`),
      emptyOutDir: true,
      // The chat opens inside WeChat on phones of 2018; the desk runs in an office browser.
      target: page === 'chat' ? ['es2018', 'chrome66', 'safari12'] : 'es2022',
      chunkSizeWarningLimit: page === 'chat' ? 320 : 1600,
    },
    server: { proxy: { '/api': { target: 'http://127.0.0.1:8000', ws: true }, '/t': 'http://127.0.0.1:8000' } },
    test: { include: ['test/**/*.test.{ts,tsx}'], environment: 'node' },
  }
})
