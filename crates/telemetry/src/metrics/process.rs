//! The metrics of the process: its version, its resources, and the expiry of certificates.

use prometheus::{Error, IntGaugeVec};
use tokio::runtime::Handle;

use super::{Definition, Label, Meter};

const BUILD: Definition = Definition::gauge(
    "estore_build_info",
    "Always 1; the label has the version",
    &[Label::from("version", "one")],
);
const CERTIFICATE: Definition = Definition::gauge(
    "estore_certificate_expires_seconds",
    "Unix time in seconds at which a certificate expires: that of the internal listener, and that of each store over TLS",
    &[Label::from("shown_by", "service, postgres, redis")],
);
const WORKERS: Definition = Definition::gauge("tokio_workers", "Threads that run tasks", &[]);
const TASKS: Definition = Definition::gauge("tokio_alive_tasks", "Tasks that have not finished", &[]);
const QUEUE: Definition = Definition::gauge("tokio_global_queue_depth", "Tasks that wait for a thread", &[]);
const BUSY: Definition =
    Definition::counter("tokio_busy_seconds_total", "Seconds that all threads together ran tasks", &[]);
const CPU: Definition =
    Definition::counter("process_cpu_seconds_total", "Seconds of CPU time, user and system", &[]);
const RESIDENT: Definition =
    Definition::gauge("process_resident_memory_bytes", "Resident memory in bytes", &[]);
const VIRTUAL: Definition = Definition::gauge("process_virtual_memory_bytes", "Virtual memory in bytes", &[]);
const FDS: Definition = Definition::gauge("process_open_fds", "Open file descriptors", &[]);
const MAX_FDS: Definition =
    Definition::gauge("process_max_fds", "Maximum number of open file descriptors", &[]);
const START: Definition =
    Definition::gauge("process_start_time_seconds", "Unix time in seconds at which the process started", &[]);
const THREADS: Definition = Definition::gauge("process_threads", "Threads of the operating system", &[]);

#[cfg(target_os = "linux")]
pub(super) const ALL: [Definition; 13] =
    [BUILD, CERTIFICATE, WORKERS, TASKS, QUEUE, BUSY, CPU, RESIDENT, VIRTUAL, FDS, MAX_FDS, START, THREADS];
#[cfg(not(target_os = "linux"))]
pub(super) const ALL: [Definition; 6] = [BUILD, CERTIFICATE, WORKERS, TASKS, QUEUE, BUSY];

/// Measures this process, and the runtime in which this is called.
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

/// Registers the expiry times of the certificates that the service and its stores present.
pub(crate) fn certificate_expires(meter: &Meter) -> Result<IntGaugeVec, Error> {
    CERTIFICATE.gauges(meter)
}
