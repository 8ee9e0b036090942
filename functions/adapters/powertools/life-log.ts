import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { LifeLog } from '../../core/ports/life-log.ts';
import { telemetryService } from '../../environment-names.ts';
import { lifeMetrics } from '../../metric-names.ts';
import { type Telling, tell } from './telling.ts';

export type LifeLogOptions = {
  /** The dimension by which the deployments of one account are told apart; by default that of a single one. */
  readonly service?: string | undefined;
  readonly logger?: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Given over to the log: whatever it holds is published with the next event. */
  readonly metrics?: Pick<Metrics, 'addMetric' | 'addDimension' | 'addMetadata' | 'publishStoredMetrics'>;
};

/**
 * Writes each change of life as one short JSON line and one line of metrics. Only fields that `tell`
 * names are written, never an event or an object as a whole; Powertools' own printing of Lambda events
 * (`POWERTOOLS_LOGGER_LOG_EVENT`) works through its middleware, which is not used.
 */
export function powertoolsLifeLog(options: LifeLogOptions = {}): LifeLog {
  const logger = options.logger ?? new Logger({ serviceName: telemetryService });
  const metrics =
    options.metrics ??
    new Metrics({ namespace: telemetryService, serviceName: options.service ?? telemetryService });

  // Not `singleMetric()`, which writes a line for each value: a disconnect has three, a cleanup seven.
  // Nothing is left over between two events, since all of this happens in one go.
  function count(telling: Telling): void {
    // A value that is no number would make Powertools throw, and a log must not be what fails.
    const values = telling.metrics.filter(([, value]) => Number.isFinite(value));
    const [first] = values;
    if (first === undefined) return;
    const { dimension } = lifeMetrics[first[0]];
    if (dimension !== undefined && telling.by !== undefined) metrics.addDimension(dimension, telling.by);
    // An event without a log line leaves its connection here, searchable but no dimension (which is paid for).
    if (telling.level === undefined && telling.fields.c !== undefined) {
      metrics.addMetadata('c', `${telling.fields.c}`);
    }
    for (const [name, value] of values) metrics.addMetric(name, lifeMetrics[name].unit, value);
    metrics.publishStoredMetrics();
  }

  return {
    note(event) {
      const telling = tell(event);
      if (telling.level !== undefined) logger[telling.level](event.type, { ...telling.fields });
      count(telling);
    },
  };
}
