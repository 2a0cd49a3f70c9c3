"""The car with five sensors: its world against what was planted, its faults against numpy's own words."""

import numpy as np
import pytest

from helpers import networks, sensors

LINEAR = networks.MLP([[[0.5], [0.5]]], [[0.0]])


@pytest.mark.parametrize("good", range(5))
def test_the_world_is_as_planted(good):
    X, y = sensors.drive(20_000, seed=good, good=good)
    assert X.shape == (20_000, 5) and abs(y).max() <= 1 and abs(y.mean()) < 0.02
    assert np.abs(y).mean() == pytest.approx(0.5, abs=0.01)  # the mean of |u| for u uniform on −1 to 1
    noise = X - y[:, None]
    wanted = np.where(np.arange(5) == good, 0.05, 0.5)
    np.testing.assert_allclose(noise.std(axis=0), wanted, rtol=0.03)
    np.testing.assert_allclose(np.corrcoef(np.column_stack([noise, y]).T), np.eye(6), atol=0.03)
    again, _ = sensors.drive(20_000, seed=good, good=good)
    assert (again == X).all() and (sensors.drive(20_000, seed=9, good=good)[0] != X).all()


def test_a_fault_changes_its_sensor_only():
    X, _ = sensors.drive(5000, seed=1)
    kept = X.copy()
    for fault, size in [("stuck", 0.3), ("noisy", 2.0), ("shifted", -1.0)]:
        bad = sensors.broken(X, 2, fault, size, seed=7)
        assert (X == kept).all() and (np.delete(bad, 2, axis=1) == np.delete(X, 2, axis=1)).all()
        change = bad[:, 2] - X[:, 2]
        if fault == "stuck":
            assert set(bad[:, 2]) == {0.3}
        elif fault == "shifted":
            np.testing.assert_allclose(change, -1.0)
        else:
            assert change.std() == pytest.approx(2.0, rel=0.05) and abs(change.mean()) < 0.1
            assert (sensors.broken(X, 2, fault, size, seed=8)[:, 2] != bad[:, 2]).all()


def test_the_misses_of_an_average_are_those_on_paper():
    X, y = np.array([[1.0, 1.0], [-1.0, -1.0]]), np.array([1.0, -1.0])
    table = sensors.misses(LINEAR, X, y, [("stuck", 0.0), ("shifted", 1.0), ("stuck", 1.0)])
    np.testing.assert_allclose(table, [[0.5, 0.5, 0.5], [0.5, 0.5, 0.5]])
    assert sensors.miss(LINEAR, X, y) == 0 and sensors.miss(LINEAR, X, [0, 0]) == 1


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda X: sensors.drive(0), "rows must be a whole number above 0; got 0"),
        (lambda X: sensors.drive(5, good=5), "good must be a sensor from 0 to 4; got 5"),
        (lambda X: sensors.broken(X, 3, "stuck", 0), "sensor must be a sensor from 0 to 2; got 3"),
        (lambda X: sensors.broken(X, 0, "dead", 0), "fault must be one of stuck, noisy, shifted; got 'dead'"),
        (lambda X: sensors.broken(X, 0, "stuck", np.nan), "size must be finite"),
        (lambda X: sensors.broken(X, 0, "stuck", [1, 2]), "size must be one number"),
        (lambda X: sensors.broken(X[0], 0, "stuck", 0), r"X must have shape \(rows, sensors\); got \(3,\)"),
    ],
)
def test_what_makes_no_sense_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call(np.ones((4, 3)))
