import { defineConfig } from "vite";

// The server's Content-Security-Policy allows scripts and styles from its own address alone:
// nothing is put inline, and nothing is asked of another host.
export default defineConfig({
  base: "/",
  publicDir: false,
  build: {
    target: "es2022",
    outDir: "../src/bystander/review/page",
    emptyOutDir: true,
    assetsDir: "assets",
    assetsInlineLimit: 0,
    modulePreload: false,
    sourcemap: false,
    reportCompressedSize: false,
    license: { fileName: "licences.md" },
  },
});
