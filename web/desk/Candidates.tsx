import { type Candidate } from '../protocol/types'
import { desk } from '../ui/messages.zh'
import { Section } from './BriefPane'

/** Why this advisor, and why not the others. */
export function Candidates({ because, candidates }: { because: string[]; candidates: Candidate[] }) {
  if (because.length === 0 && candidates.length === 0) return null
  return (
    <Section title={desk.candidates}>
      {because.length > 0 && <p>{because.join(' · ')}</p>}
      <ul className="candidates">
        {candidates.map(({ advisor, eligible, chosen, points, total, blocked_by: blockedBy }) => (
          <li key={advisor.id} className={chosen ? 'candidate candidate-on' : 'candidate'} data-testid="candidate">
            <div className="candidate-head">
              <b>{advisor.name}</b>
              <small>{advisor.role}</small>
              {chosen && <span className="tag">{desk.chosen}</span>}
              <span className="num">{eligible ? desk.total(total) : desk.blocked}</span>
            </div>
            <p>
              {eligible
                ? points.map((point) => desk.points(point.words, point.points)).join(' · ')
                : blockedBy.join(' · ')}
            </p>
          </li>
        ))}
      </ul>
    </Section>
  )
}
