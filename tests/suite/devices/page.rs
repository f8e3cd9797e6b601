//! Page printer: hal's driver against the real ippeveprinter, direct and behind the real cupsd. (More of it: the journeys.)

mod silent;

mod direct {
    super::super::cases! {
        page:
        page_printer_vanished;
        page_cover_open;
        job_printed_again_after_a_jam;
        a_jam_from_before_the_job_is_told_as_one_of_the_job;
        job_accepted_then_aborted;
        document_of_another_format;
        page_printer_vanishes_mid_job;
        sheets_come_out_on_one_side;
        paper_and_toner_are_not_read;
        the_job_of_another_terminal_is_cancelled;
        a_job_that_did_not_end_well_counts_as_printed;
    }
}

mod queue {
    super::super::cases! {
        queue:
        the_queue_changes_the_document;
        paper_out_hides_behind_the_queue;
        printer_behind_the_queue_vanished;
        a_cancelled_job_stays_in_the_queue;
        the_queue_keeps_what_it_printed;
        the_queue_dies_with_a_job;
    }
}
