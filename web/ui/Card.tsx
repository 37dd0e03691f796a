import { type Card as CardData, type CardRow } from '../protocol/types'
import { Chart } from './Chart'
import { chat } from './messages.zh'

/** One number with its unit: broken in two it would be read as two. Ordinary words may break. */
const FIGURE = /^[-+±¥]?[\d,.]{1,20}\s?[^\d\s]{0,3}$/

function classOf({ value, tone }: CardRow): string | undefined {
  return [tone && `tone-${tone}`, FIGURE.test(value) && 'figure'].filter(Boolean).join(' ') || undefined
}

/** Figures of an answer. `onSend` is missing where a reader may look but not tap, as on the desk. */
export function Card({ card, onSend }: { card: CardData; onSend?: (text: string) => void }) {
  return (
    <section className="card" aria-label={card.title} data-testid="card">
      <header>
        <h2>{card.title}</h2>
        {card.stamp && <span className="card-stamp">{card.stamp}</span>}
      </header>
      {card.chart && <Chart chart={card.chart} title={card.title} />}
      {card.rows.length > 0 && (
        <dl>
          {card.rows.map((row, index) => (
            <div key={`${row.label}${index}`} data-testid="card-row">
              <dt>{row.label}</dt>
              <dd className={classOf(row)}>{row.value}</dd>
            </div>
          ))}
        </dl>
      )}
      {card.note && <p className="card-note">{card.note}</p>}
      {onSend && card.actions && card.actions.length > 0 && (
        <div className="card-actions" role="group" aria-label={chat.cardActions}>
          {card.actions.map((action, index) => (
            <button key={action.label} type="button" className={index === 0 ? 'primary' : ''} onClick={() => onSend(action.send)}>
              {action.label}
            </button>
          ))}
        </div>
      )}
    </section>
  )
}
