// The search of the site: every part of a page that has all words, those with a word in the heading first. Words are
// parts of texts, so that Japanese, which has no spaces, is found too.
'use strict'

{
  const root = document.currentScript.dataset.root
  const field = document.querySelector('#search input')
  const list = document.getElementById('found')
  const folded = (text) => text.normalize('NFKC').toLowerCase()
  const parts = searchIndex.map((part) => ({ ...part, heading: folded(part.title), all: folded(part.text) }))
  const most = 30

  // How well a part fits; 0 when a word is missing.
  const fit = (part, words) => {
    let sum = 1
    for (const word of words) {
      if (part.heading.includes(word)) sum += 10
      else if (!part.all.includes(word)) return 0
    }
    return sum
  }

  // The text around the first word.
  const excerpt = (part, word) => {
    const at = Math.max(0, part.all.indexOf(word) - 40)
    return (at > 0 ? '…' : '') + part.text.slice(at, at + 120) + '…'
  }

  const show = () => {
    const words = folded(field.value).split(/\s+/).filter(Boolean)
    const found = words.length
      ? parts.map((part) => [fit(part, words), part]).filter(([points]) => points)
          .sort(([a], [b]) => b - a).slice(0, most)
      : []
    list.replaceChildren(...found.map(([, part]) => {
      const item = document.createElement('li')
      const link = document.createElement('a')
      link.href = `${root}/${part.url}`
      link.textContent = part.title === part.page ? part.title : `${part.title} — ${part.page}`
      const about = document.createElement('p')
      about.textContent = excerpt(part, words[0])
      item.append(link, about)
      return item
    }))
    if (words.length && !found.length) {
      const item = document.createElement('li')
      item.textContent = 'Nothing has all of these words.'
      list.append(item)
    }
    list.hidden = !words.length
  }

  field.addEventListener('input', show)
  document.getElementById('search').addEventListener('submit', (event) => {
    event.preventDefault()
    list.querySelector('a')?.click()
  })
  document.addEventListener('keydown', (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)
    if (event.key === '/' && !typing) {
      event.preventDefault()
      field.focus()
    } else if (event.key === 'Escape' && event.target === field) {
      field.value = ''
      show()
    }
  })
}
