import { Empty, Input } from 'antd'
import { useState } from 'react'
import { type Indicator } from '../protocol/lists'
import { indicators as words } from '../ui/lists.zh'
import { useRead } from './ask'
import './clients.css'
import { Loaded } from './Loaded'
import { type DeskSession } from './session'
import { TuningPane } from './Tuning'

/** Requirement E1: of what is warned about, at most so much may be false. */
const MOST_FALSE = 0.08

/** Each warning sign with how often it was wrong; the one that was picked, with its thresholds. */
export function IndicatorsPage({ session }: { session: DeskSession }) {
  const query = useRead<{ indicators: Indicator[] }>(session, '/api/desk/indicators')
  const [typed, setTyped] = useState('')
  const [picked, setPicked] = useState<string | null>(null)
  return (
    <div className="rules rules-side" data-testid="indicators">
      <section aria-label={words.title}>
        <h2>{words.title}</h2>
        <p className="quiet-text">{words.lead}</p>
        <Input className="rules-find" allowClear aria-label={words.search} placeholder={words.search} value={typed} onChange={(event) => setTyped(event.target.value)} />
        <Loaded query={query} rows={10}>
          {({ indicators }) => (
            <ul className="rows">
              <li className="rows-head" aria-hidden="true"><span>{words.columns.title}</span><span>{words.columns.judged}</span><span>{words.columns.wrong}</span></li>
              {[...indicators].sort((a, b) => b.judged - a.judged).filter((one) => one.title.includes(typed.trim())).map((one) => (
                <li key={one.indicator}>
                  <button type="button" className={one.indicator === picked ? 'row row-on' : 'row'} aria-current={one.indicator === picked} onClick={() => setPicked(one.indicator)}>
                    <span>{one.title}</span>
                    <span className="num">{one.judged || words.noJudged}</span>
                    <span className={(one.false_share ?? 0) > MOST_FALSE ? 'late num' : 'num'}>{one.false_share === null || !one.judged ? words.noJudged : `${Math.round(one.false_share * 100)}%`}</span>
                  </button>
                </li>
              ))}
            </ul>
          )}
        </Loaded>
      </section>
      {picked ? <TuningPane key={picked} session={session} name={picked} /> : (
        <section><Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={<b>{words.pick}</b>}><p className="quiet-text">{words.pickText}</p></Empty></section>
      )}
    </div>
  )
}
