//! The process itself: what runs, what it needs, until when its certificate holds.

use prometheus::{Error, IntGauge};
use tokio::runtime::Handle;

use super::{Definition, Label, Meter};

const BUILD: Definition = Definition::gauge(
    "estore_build_info",
    "Always 1; the label says what runs",
    &[Label::from("version", "one")],
);
const CERTIFICATE: Definition = Definition::gauge(
    "estore_certificate_expires_seconds",
    "When the certificate that the internal listener shows ends, as a Unix time",
    &[],
);
const WORKERS: Definition = Definition::gauge("tokio_workers", "Threads that run tasks", &[]);
const TASKS: Definition = Definition::gauge("tokio_alive_tasks", "Tasks that are not over", &[]);
const QUEUE: Definition =
    Definition::gauge("tokio_global_queue_depth", "Tasks that wait for any thread to take them up", &[]);
const BUSY: Definition =
    Definition::counter("tokio_busy_seconds_total", "Time that all threads together ran tasks", &[]);
const CPU: Definition = Definition::counter("process_cpu_seconds_total", "CPU time, of user and system", &[]);
const RESIDENT: Definition = Definition::gauge("process_resident_memory_bytes", "Memory that is in use", &[]);
const VIRTUAL: Definition = Definition::gauge("process_virtual_memory_bytes", "Memory that is mapped", &[]);
const FDS: Definition = Definition::gauge("process_open_fds", "File descriptors that are open", &[]);
const MAX_FDS: Definition = Definition::gauge("process_max_fds", "File descriptors that may be open", &[]);
const START: Definition =
    Definition::gauge("process_start_time_seconds", "When the process started, as a Unix time", &[]);
const THREADS: Definition = Definition::gauge("process_threads", "Threads of the operating system", &[]);

#[cfg(target_os = "linux")]
pub(super) const ALL: [Definition; 13] =
    [BUILD, CERTIFICATE, WORKERS, TASKS, QUEUE, BUSY, CPU, RESIDENT, VIRTUAL, FDS, MAX_FDS, START, THREADS];
#[cfg(not(target_os = "linux"))]
pub(super) const ALL: [Definition; 6] = [BUILD, CERTIFICATE, WORKERS, TASKS, QUEUE, BUSY];

/// Watches this process and the runtime that this is called in.
pub(crate) fn watch(meter: &Meter) -> Result<(), Error> {
    BUILD.gauges(meter)?.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
    runtime(meter)?;
    #[cfg(target_os = "linux")]
    meter.add_foreign(prometheus::process_collector::ProcessCollector::for_self())?;
    Ok(())
}

fn runtime(meter: &Meter) -> Result<(), Error> {
    let (workers, tasks, queue) =
        (WORKERS.one_gauge(meter)?, TASKS.one_gauge(meter)?, QUEUE.one_gauge(meter)?);
    let busy = BUSY.one_counter_of_fractions(meter)?;
    let runtime = Handle::current();
    meter.look(move || {
        let now = runtime.metrics();
        workers.set(whole(now.num_workers()));
        tasks.set(whole(now.num_alive_tasks()));
        queue.set(whole(now.global_queue_depth()));
        let seconds: f64 =
            (0..now.num_workers()).map(|worker| now.worker_total_busy_duration(worker).as_secs_f64()).sum();
        busy.inc_by((seconds - busy.get()).max(0.0));
    });
    Ok(())
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// When this service's certificate ends.
pub(crate) fn certificate_expires(meter: &Meter) -> Result<IntGauge, Error> {
    CERTIFICATE.one_gauge(meter)
}
