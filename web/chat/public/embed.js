/* The online service inside of an institution's own page (docs/embedding.md). No library, no style sheet, ES2015. */
(function () {
  'use strict'
  var script = document.currentScript
  var home = new URL(script.src).origin
  var tokenUrl = script.getAttribute('data-token-url')
  var label = script.getAttribute('data-label') || '在线客服'
  var frame = null
  var panel = null
  var button = null

  function style(element, rules) {
    for (var name in rules) element.style[name] = rules[name]
    return element
  }

  /* The institution's server signs; this page only carries. */
  function token() {
    if (window.Huiban.token) return Promise.resolve(window.Huiban.token())
    return fetch(tokenUrl, { method: 'POST', credentials: 'same-origin', headers: { Accept: 'application/json' } })
      .then(function (answer) {
        if (!answer.ok) throw new Error('token ' + answer.status)
        return answer.json()
      })
      .then(function (said) { return said.token })
  }

  window.addEventListener('message', function (event) {
    if (!frame || event.origin !== home || event.source !== frame.contentWindow) return
    if (!event.data || event.data.huiban !== 'sign-in') return
    token().then(
      function (text) { if (frame) frame.contentWindow.postMessage({ huiban: 'token', token: text }, home) },
      function () { if (frame) frame.contentWindow.postMessage({ huiban: 'token', token: '' }, home) }
    )
  })

  function narrow() { return window.innerWidth < 520 }

  function fit() {
    if (!panel) return
    var small = narrow()
    style(panel, {
      position: 'fixed', zIndex: '2147483000', right: small ? '0' : '24px', bottom: small ? '0' : '24px', left: small ? '0' : 'auto',
      top: small ? '0' : 'auto', width: small ? 'auto' : '400px', height: small ? 'auto' : 'min(680px, calc(100vh - 48px))',
      display: 'flex', flexDirection: 'column', background: '#083f48', borderRadius: small ? '0' : '16px', overflow: 'hidden',
      boxShadow: '0 12px 48px rgba(8, 40, 46, .35)',
    })
  }

  function open() {
    if (panel) return
    panel = document.createElement('div')
    panel.setAttribute('role', 'dialog')
    panel.setAttribute('aria-label', label)
    var bar = style(document.createElement('button'), {
      flex: 'none', minHeight: '44px', border: '0', padding: '0 16px', textAlign: 'right', background: '#083f48', color: '#fff',
      font: '16px system-ui, sans-serif', cursor: 'pointer',
    })
    bar.type = 'button'
    bar.textContent = '关闭'
    bar.onclick = close
    frame = style(document.createElement('iframe'), { flex: '1', width: '100%', minHeight: '0', border: '0' })
    frame.title = label
    frame.allow = 'microphone'
    frame.src = home + '/chat/'
    panel.appendChild(bar)
    panel.appendChild(frame)
    panel.onkeydown = function (event) { if (event.key === 'Escape') close() }
    fit()
    document.body.appendChild(panel)
    if (button) button.hidden = true
    bar.focus()
  }

  function close() {
    if (!panel) return
    panel.remove()
    panel = frame = null
    if (button) {
      button.hidden = false
      button.focus()
    }
  }

  function show() {
    button = style(document.createElement('button'), {
      position: 'fixed', zIndex: '2147482999', right: '20px', bottom: '20px', minHeight: '52px', padding: '0 22px', border: '0',
      borderRadius: '26px', background: '#0b5c63', color: '#fff', font: '600 17px system-ui, sans-serif', cursor: 'pointer',
      boxShadow: '0 6px 20px rgba(8, 40, 46, .3)',
    })
    button.type = 'button'
    button.textContent = label
    button.onclick = open
    document.body.appendChild(button)
  }

  window.Huiban = { open: open, close: close, token: null }
  window.addEventListener('resize', fit)
  if (script.getAttribute('data-button') !== 'none') {
    if (document.body) show()
    else document.addEventListener('DOMContentLoaded', show)
  }
})()
