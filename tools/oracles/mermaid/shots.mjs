// Takes pictures of Markdown pages as GitHub shows them: its width, its styles, both themes, diagrams drawn.
// node shots.mjs <packages> <browser> <versions, separated by commas> <folder> <page.md> ...
import { createRequire } from 'node:module'
import fs from 'node:fs'
import path from 'node:path'

const [packages, browser, versions, folder, ...pages] = process.argv.slice(2)
const require = createRequire(path.join(packages, 'package.json'))
const { chromium } = require('playwright-core')
const loaded = require('markdown-it')
const markdown = (loaded.default ?? loaded)({ html: true, linkify: true })
const themes = { light: ['default', '#ffffff'], dark: ['dark', '#0d1117'] }
const inside = (...parts) => path.join(packages, 'node_modules', ...parts)

const running = await chromium.launch({ executablePath: browser })
for (const version of versions.split(',')) {
  for (const [name, [theme, background]] of Object.entries(themes)) {
    for (const file of pages) {
      const page = await running.newPage({ viewport: { width: 960, height: 800 }, colorScheme: name })
      const body = markdown.render(fs.readFileSync(file, 'utf8'))
      await page.setContent(`<!doctype html><body style="margin:0;background:${background}">
        <article class="markdown-body" style="width:900px;padding:24px 30px;box-sizing:content-box">${body}</article>`)
      await page.addStyleTag({ path: inside('github-markdown-css', `github-markdown-${name}.css`) })
      await page.addScriptTag({ path: inside(`mermaid-${version}`, 'dist', 'mermaid.min.js') })
      await page.evaluate(draw, theme)
      const shot = path.join(folder, `${path.basename(file, '.md')}-${version}-${name}.png`)
      await page.screenshot({ path: shot, fullPage: true })
      await page.close()
      console.log(shot)
    }
  }
}
await running.close()

async function draw(theme) {
  window.mermaid.initialize({ startOnLoad: false, theme })
  let number = 0
  for (const block of document.querySelectorAll('code.language-mermaid')) {
    const figure = document.createElement('div')
    figure.style.cssText = 'text-align:center;margin:0 0 16px'
    figure.innerHTML = (await window.mermaid.render(`m${number++}`, block.textContent)).svg
    block.parentElement.replaceWith(figure)
  }
}
