import { defineConfig } from 'vite';

// One ES module that TensorBoard imports; it finds the routes from its own address.
export default defineConfig({
  build: {
    lib: { entry: 'src/index.ts', formats: ['es'], fileName: () => 'index.js' },
    outDir: '../tb_featuremaps/plugin/static',
    emptyOutDir: true,
    target: 'es2022',
  },
});
