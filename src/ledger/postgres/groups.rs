//! Writes that wait, sorted into those that one statement can do.

use super::batch::Kind;
use super::node::Known;
use super::write_queue::Job;
use crate::ledger::ProgramId;

/// Writes of one program and one kind.
pub struct Group {
    pub program: ProgramId,
    pub kind: Kind,
    pub jobs: Vec<Job>,
}

/// By program and kind, each in its order.
pub fn group(jobs: Vec<Job>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::with_capacity(1);
    for job in jobs {
        let (program, kind) = (job.program(), Kind::of(&job.write));
        match groups.iter_mut().find(|group| group.program == program && group.kind == kind) {
            Some(group) => group.jobs.push(job),
            None => groups.push(Group { program, kind, jobs: vec![job] }),
        }
    }
    groups
}

/// Nobody has heard what became of these.
pub fn uncertain(jobs: impl IntoIterator<Item = Job>) -> impl Iterator<Item = Job> {
    jobs.into_iter().map(|job| Job { is_uncertain: true, ..job })
}

pub fn ungroup(groups: Vec<(Known, Group)>) -> Vec<Job> {
    groups.into_iter().flat_map(|(_, group)| group.jobs).collect()
}
